/** The work of one tab at a time: those of one browser share a cookie. */
export function oneTabAtATime<T>(name: string, work: () => Promise<T>): Promise<T> {
  const locks = (navigator as { locks?: LockManager }).locks;
  return locks ? (locks.request(name, work) as Promise<T>) : withHold(name, work);
}

/** Who works, and until when that is believed: a tab that was closed gives nothing back. */
interface Hold {
  owner: string;
  until: number;
}

const DATABASE = "lectern-locks";
const HOLDS = "holds";
/** Longer than the studio takes to answer. */
const HELD_FOR = 30_000;
const ASK_AGAIN = 100;

/**
 * On plain http there are no locks. A row in the browser's database is one as well: what reads and
 * writes it is done by one tab after the other, which `localStorage` does not promise.
 */
async function withHold<T>(name: string, work: () => Promise<T>): Promise<T> {
  const holds = await openHolds();
  // where a browser keeps nothing, it shares no cookie between tabs either
  if (holds === null) return work();
  const owner = String(crypto.getRandomValues(new Uint32Array(4)));
  try {
    while (!(await claimed(holds, name, owner))) await pause();
    return await work().finally(() => givenBack(holds, name, owner));
  } finally {
    holds.close();
  }
}

function openHolds(): Promise<IDBDatabase | null> {
  const databases = (globalThis as { indexedDB?: IDBFactory }).indexedDB;
  if (databases === undefined) return Promise.resolve(null);
  return new Promise((resolve) => {
    const asked = databases.open(DATABASE, 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore(HOLDS);
    asked.onsuccess = () => {
      resolve(asked.result);
    };
    asked.onerror = () => {
      resolve(null);
    };
  });
}

/** Takes the hold if nobody has it. A time further away than any is from before a clock was set. */
function claimed(holds: IDBDatabase, name: string, owner: string): Promise<boolean> {
  return changed(holds, name, (known, rows) => {
    const now = Date.now();
    if (known && known.until > now && known.until <= now + HELD_FOR) return false;
    rows.put({ owner, until: now + HELD_FOR } satisfies Hold, name);
    return true;
  });
}

function givenBack(holds: IDBDatabase, name: string, owner: string): Promise<boolean> {
  return changed(holds, name, (known, rows) => {
    if (known?.owner !== owner) return false;
    rows.delete(name);
    return true;
  });
}

/** Reads and changes the row of a name in one transaction. */
function changed(
  holds: IDBDatabase,
  name: string,
  change: (known: Hold | undefined, rows: IDBObjectStore) => boolean,
): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const all = holds.transaction(HOLDS, "readwrite");
    const rows = all.objectStore(HOLDS);
    const asked = rows.get(name) as IDBRequest<Hold | undefined>;
    let done = false;
    asked.onsuccess = () => {
      done = change(asked.result, rows);
    };
    all.oncomplete = () => {
      resolve(done);
    };
    all.onabort = () => {
      reject(all.error ?? new DOMException("The browser's database gave up.", "AbortError"));
    };
  });
}

const pause = () => new Promise<void>((resolve) => setTimeout(resolve, ASK_AGAIN));
