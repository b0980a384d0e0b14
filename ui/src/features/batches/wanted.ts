import { batches as words } from "@/text/batches";

export type Show = keyof typeof words.filters;
export interface Wanted {
  show: Show;
  q: string;
}

/** What an address asks for; what it says wrongly is as if it were not said. */
export function wantedIn(address: URLSearchParams): Wanted {
  const show = address.get("show") ?? "";
  return { show: show in words.filters ? (show as Show) : "all", q: address.get("q") ?? "" };
}

/** The address that asks for it; what is usual is left out. */
export function addressOf({ show, q }: Wanted): URLSearchParams {
  return new URLSearchParams({ ...(show !== "all" && { show }), ...(q && { q }) });
}

/** The same, as the API is asked. */
export function asked({ show, q }: Wanted) {
  const search = q.trim();
  return {
    ...(show !== "all" && { finished: show === "finished" }),
    ...(search && { q: search }),
  };
}
