/**
 * What is begun and kept in this browser, for whoever is signed in: a closed tab loses nothing. It
 * goes when they sign out, for others may use the same computer.
 */
const MARK = "lectern-kept";

export function keptBy(userId: string, what: string): string | null {
  return localStorage.getItem(place(userId, what));
}

/** False where the browser has no room for it, and then nothing is kept. */
export function keepFor(userId: string, what: string, content: string): boolean {
  try {
    localStorage.setItem(place(userId, what), content);
    return true;
  } catch (error) {
    // what was kept before is not what is shown any more
    forgetKept(userId, what);
    if (error instanceof DOMException && error.name === "QuotaExceededError") return false;
    throw error;
  }
}

export function forgetKept(userId: string, what: string): void {
  localStorage.removeItem(place(userId, what));
}

/** Of everybody who has used this browser. */
export function forgetAllKept(): void {
  const names = Array.from({ length: localStorage.length }, (_, at) => localStorage.key(at));
  for (const name of names) if (name?.startsWith(`${MARK} `)) localStorage.removeItem(name);
}

const place = (userId: string, what: string) => `${MARK} ${what} ${userId}`;
