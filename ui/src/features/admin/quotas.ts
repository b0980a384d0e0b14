import type { OwnQuotas } from "@/client/schema";
import { admin } from "@/text/admin";

const words = admin.user;
const GIGABYTE = 1e9;

export const KINDS = ["video_minutes", "storage_bytes", "jobs"] as const;
export type Kind = (typeof KINDS)[number];
export type Mode = keyof typeof words.modes;

/** What is to hold of one quota; `typed` is its number as it stands in the field. */
export interface Choice {
  mode: Mode;
  typed: string;
}
export type Choices = Record<Kind, Choice>;

/** The quotas of somebody's own, as a form shows them: storage in gigabytes. */
export function choicesFrom(quotas: Readonly<Record<string, number | null>>): Choices {
  const choice = (kind: Kind): Choice => {
    const limit = quotas[kind];
    if (limit === undefined) return { mode: "usual", typed: "" };
    if (limit === null) return { mode: "none", typed: "" };
    return { mode: "own", typed: String(kind === "storage_bytes" ? limit / GIGABYTE : limit) };
  };
  return {
    video_minutes: choice("video_minutes"),
    storage_bytes: choice("storage_bytes"),
    jobs: choice("jobs"),
  };
}

/** What is wrong with a number that was typed, in a sentence. */
export function wrongWith(kind: Kind, { mode, typed }: Choice): string | null {
  if (mode !== "own") return null;
  const number = Number(typed.trim().replace(",", "."));
  if (!typed.trim() || Number.isNaN(number) || number < 0) return words.notANumber;
  return kind === "jobs" && !Number.isInteger(number) ? words.notWhole : null;
}

/** The quotas to ask for; nothing may be wrong. What is left out is as usual. */
export function quotasOf(choices: Choices): OwnQuotas {
  const asked = KINDS.filter((kind) => choices[kind].mode !== "usual").map((kind) => {
    const { mode, typed } = choices[kind];
    const number = Number(typed.trim().replace(",", "."));
    const amount = kind === "storage_bytes" ? Math.round(number * GIGABYTE) : number;
    return [kind, mode === "none" ? null : amount] as const;
  });
  return Object.fromEntries(asked);
}
