/**
 * A key under which a request does its work once, however often it is sent. Also where the page may
 * not ask for a UUID, which is on plain http.
 */
export function newIdempotencyKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
