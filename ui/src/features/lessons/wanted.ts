import type { JobOrder, JobStatus } from "@/client/schema";
import { text } from "@/text";

const words = text.lessons;

/** What a list can be narrowed to, by the word in the address. */
const STATUSES = {
  all: [],
  making: ["queued", "running"],
  ready: ["succeeded"],
  failed: ["failed"],
  cancelled: ["cancelled"],
} as const satisfies Record<string, readonly JobStatus[]>;

export type Show = keyof typeof STATUSES;
export const SHOWS: Record<Show, string> = {
  all: words.all,
  making: words.making,
  ready: text.lesson.status.succeeded,
  failed: text.lesson.status.failed,
  cancelled: text.lesson.status.cancelled,
};

export interface Wanted {
  show: Show;
  q: string;
  sort: JobOrder;
  batch: string | null;
  /** A file of the library that the lessons use. */
  asset: string | null;
}

/** What an address asks for; what it says wrongly is as if it were not said. */
export function wantedIn(address: URLSearchParams): Wanted {
  const [show, sort] = [address.get("show") ?? "", address.get("sort") ?? ""];
  return {
    show: show in STATUSES ? (show as Show) : "all",
    q: address.get("q") ?? "",
    sort: sort in words.sorts ? (sort as JobOrder) : "newest",
    batch: address.get("batch"),
    asset: address.get("asset"),
  };
}

/** The address that asks for it; what is usual is left out. */
export function addressOf({ show, q, sort, batch, asset }: Wanted): URLSearchParams {
  const said = {
    ...(show !== "all" && { show }),
    ...(q && { q }),
    ...(sort !== "newest" && { sort }),
    ...(batch && { batch }),
    ...(asset && { asset }),
  };
  return new URLSearchParams(said);
}

/** Whether it leaves some of the lessons out. */
export function isNarrowed(wanted: Wanted): boolean {
  return addressOf({ ...wanted, sort: "newest" }).size > 0;
}

/** The same, as the API is asked. */
export function asked({ show, q, sort, batch, asset }: Wanted) {
  const search = q.trim();
  return {
    sort,
    status: [...STATUSES[show]],
    ...(search && { q: search }),
    ...(batch && { batch }),
    ...(asset && { asset }),
  };
}
