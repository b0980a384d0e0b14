const SLICE = 1_000_000;

/** The SHA-256 of a file, in hexadecimal digits. */
export async function sha256(file: Blob): Promise<string> {
  // there is none on plain http
  const subtle = crypto.subtle as SubtleCrypto | undefined;
  const digest = subtle
    ? new Uint8Array(await subtle.digest("SHA-256", await file.arrayBuffer()))
    : await inSlices(file);
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** By a library; a slice at a time, between which the page can be used. */
async function inSlices(file: Blob): Promise<Uint8Array> {
  const hashes = await import("@noble/hashes/sha2.js");
  const hash = hashes.sha256.create();
  for (let at = 0; at < file.size; at += SLICE)
    hash.update(new Uint8Array(await file.slice(at, at + SLICE).arrayBuffer()));
  return hash.digest();
}
