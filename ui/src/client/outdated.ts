import { Unreachable } from "@/client/problem";

/**
 * Code of the studio that could not be fetched: most often the studio was updated since this page
 * was opened, and what its pages are made of has other names now.
 */
export class Outdated extends Error {
  override name = "Outdated";
}

const LAST_RELOAD = "lectern-reloaded";
/** A reload that did not help is not done again so soon. */
const REST_MILLISECONDS = 60_000;

/** What loads code, with an error of ours where that fails. */
export function loading<Loaded>(load: () => Promise<Loaded>): () => Promise<Loaded> {
  return () =>
    load().catch((error: unknown) => {
      throw new Outdated("Code of this page could not be fetched.", { cause: error });
    });
}

/**
 * Whether loading the page anew may help: the studio can be reached, and it was not just tried.
 * Throws Unreachable.
 */
export async function mayReload(fetcher: typeof fetch = fetch, now = Date.now()): Promise<boolean> {
  const answer = await fetcher(new URL("/", location.origin), { cache: "no-store" }).catch(
    () => null,
  );
  if (!answer?.ok) throw new Unreachable();
  const last = Number(sessionStorage.getItem(LAST_RELOAD) ?? 0);
  if (now - last < REST_MILLISECONDS) return false;
  sessionStorage.setItem(LAST_RELOAD, String(now));
  return true;
}
