import type { FieldProblem } from "@/client/schema";
import { FIELDS, said, type Field, type Sources } from "@/features/batches/columns";
import { filledRows, type Row, type Table } from "@/features/batches/table";
import { newBatch } from "@/text/batches";

/** What is wrong with a row: where, as far as a column can be told, and why. */
export interface Fault {
  field: Field | null;
  message: string;
}
/**
 * What the API says of a batch: of rows, by their keys, and of what all have in common. A row that was
 * changed since has an empty list.
 */
export interface Faults {
  rows: Record<string, Fault[]>;
  shared: string[];
}

export const NO_FAULTS: Faults = { rows: {}, shared: [] };
/** In how many rows something is wrong, and was not changed since. */
export function wrongRows({ rows }: Faults): number {
  return Object.values(rows).filter((faults) => faults.length > 0).length;
}

const AT_ITEM = /^items\.(\d+)\.?(.*)$/;
/** How the API calls an item as a whole. */
export const WHOLE = "body";
const COMMON = /^(portrait_id|voice_id|video|captions|engines|language|webhook_id)/;

/** Sorts what the API found wrong by the rows that were sent. */
export function faultsIn(
  problems: readonly FieldProblem[],
  table: Table,
  sources: Sources,
): Faults {
  const sent = filledRows(table);
  const rows: Record<string, Fault[]> = {};
  const shared = new Set<string>();
  for (const { field, message } of problems) {
    const [, at, place = ""] = AT_ITEM.exec(field) ?? [];
    const row = at === undefined ? undefined : sent[Number(at)];
    if (row === undefined || COMMON.test(place)) shared.add(message);
    else {
      const inOurWords = place === WHOLE ? wordsWrong(sources, table, row) : null;
      (rows[row.key] ??= []).push({ field: fieldAt(place), message: inOurWords ?? message });
    }
  }
  return { rows, shared: [...shared] };
}

/** Where a row says nothing, or twice what the lesson is, in words for whoever wrote the row. */
function wordsWrong(sources: Sources, table: Table, row: Row): string | null {
  const [words, wish] = [sources.narration, sources.prompt].map((each) => said(each, table, row));
  if (!words && !wish) return newBatch.check.nothingSaid;
  return words && wish ? newBatch.check.saidTwice : null;
}

/** Which part of a row the API means. */
export function fieldAt(place: string): Field | null {
  if (place.startsWith("scenes")) return "narration";
  return FIELDS.find((field) => place === field) ?? null;
}
