import type { AssetKind, AssetOrder, ConsentState } from "@/client/schema";
import { text } from "@/text";

const words = text.library;

/** What a library shows; `consent` narrows what shows or sounds like people. */
export interface Wanted {
  kind: AssetKind;
  q: string;
  sort: AssetOrder;
  consent: ConsentState | "any";
}

export const KINDS = Object.keys(words.kinds) as AssetKind[];
export const CONSENTS: Record<Wanted["consent"], string> = {
  any: words.anyConsent,
  ...words.badges,
};

/** Whether files of a kind show or sound like somebody, who must agree. */
export function isOfPeople(kind: AssetKind): kind is "portrait" | "voice" {
  return kind === "portrait" || kind === "voice";
}

/** What an address asks for; what it says wrongly is as if it were not said. */
export function wantedIn(address: URLSearchParams): Wanted {
  const said = (name: string) => address.get(name) ?? "";
  const kind = said("kind") in words.kinds ? (said("kind") as AssetKind) : "portrait";
  const known = isOfPeople(kind) && said("consent") in CONSENTS;
  return {
    kind,
    q: said("q"),
    sort: said("sort") in words.sorts ? (said("sort") as AssetOrder) : "newest",
    consent: known ? (said("consent") as Wanted["consent"]) : "any",
  };
}

/** The address that asks for it; what is usual is left out. */
export function addressOf({ kind, q, sort, consent }: Wanted): URLSearchParams {
  const said = {
    ...(kind !== "portrait" && { kind }),
    ...(q && { q }),
    ...(sort !== "newest" && { sort }),
    ...(consent !== "any" && { consent }),
  };
  return new URLSearchParams(said);
}

/** All of one kind. */
export function shelf(kind: AssetKind): Wanted {
  return { kind, q: "", sort: "newest", consent: "any" };
}

/** Whether it leaves anything of its shelf out. */
export function isNarrowed({ q, consent }: Wanted): boolean {
  return q.trim() !== "" || consent !== "any";
}

/** The same, as the API is asked. */
export function asked({ kind, q, sort, consent }: Wanted) {
  const search = q.trim();
  return { kind, sort, ...(search && { q: search }), ...(consent !== "any" && { consent }) };
}
