import type { Row, Table } from "@/features/batches/table";

/** What a row can say of its lesson. */
export const FIELDS = [
  "title",
  "narration",
  "prompt",
  "audience",
  "minutes",
  "external_id",
] as const;
export type Field = (typeof FIELDS)[number];

/** Where it is taken from: a column, or a sentence round cells, with `{{name}}` for each. */
export type Source =
  { kind: "none" } | { kind: "column"; column: number } | { kind: "written"; text: string };
export type Sources = Record<Field, Source>;

const VARIABLE = /\{\{\s*([^{}]*?)\s*\}\}/g;
const NONE: Source = { kind: "none" };
const USUAL_NAMES: Record<Field, RegExp> = {
  title: /^(title|name|lesson|heading)$/i,
  narration: /^(text|narration|script|speech|words|content|what is said)$/i,
  prompt: /^(prompt|topic|subject|notes?|about|what it is about)$/i,
  audience: /^(audience|for|for whom|class|grade|level)$/i,
  minutes: /^(minutes?|length|duration)$/i,
  external_id: /^(external[_ ]?id|id|key|code|number|no\.?)$/i,
};

/** What the columns probably are, by their names; else the first is the title, the fullest is said. */
export function guessed(table: Table): Sources {
  const sources = Object.fromEntries(
    FIELDS.map((field) => [field, byName(table, USUAL_NAMES[field])]),
  ) as Sources;
  if (sources.title.kind === "none") sources.title = firstFree(table, sources);
  if (sources.narration.kind === "none" && sources.prompt.kind === "none")
    sources.narration = fullestFree(table, sources);
  return sources;
}

/** What a row says of its lesson there; nothing is an empty text. */
export function said(source: Source, { columns }: Table, { cells }: Row): string {
  if (source.kind === "none") return "";
  if (source.kind === "column") return (cells[source.column] ?? "").trim();
  return source.text
    .replace(VARIABLE, (_, name: string) => cells[columns.indexOf(name)]?.trim() ?? "")
    .trim();
}

/** The columns that a source looks at. */
export function columnsOf(source: Source, { columns }: Table): number[] {
  if (source.kind === "none") return [];
  if (source.kind === "column") return [source.column];
  return namesIn(source.text)
    .map((name) => columns.indexOf(name))
    .filter((at) => at >= 0);
}

/** The first name in somebody's own words that is no column's. */
export function unknownName(source: Source, { columns }: Table): string | null {
  if (source.kind !== "written") return null;
  return namesIn(source.text).find((name) => !columns.includes(name)) ?? null;
}

function namesIn(text: string): string[] {
  return Array.from(text.matchAll(VARIABLE), ([, name]) => name ?? "");
}

function byName({ columns }: Table, usual: RegExp): Source {
  const column = columns.findIndex((name) => usual.test(name));
  return column < 0 ? NONE : { kind: "column", column };
}

function firstFree(table: Table, sources: Sources): Source {
  const [column] = free(table, sources);
  return column === undefined ? NONE : { kind: "column", column };
}

function fullestFree(table: Table, sources: Sources): Source {
  const letters = (column: number) =>
    table.rows.reduce((sum, { cells }) => sum + (cells[column]?.length ?? 0), 0);
  const [column] = free(table, sources).toSorted((one, other) => letters(other) - letters(one));
  return column === undefined ? NONE : { kind: "column", column };
}

function free(table: Table, sources: Sources): number[] {
  const taken = Object.values(sources).flatMap((source) => columnsOf(source, table));
  return table.columns.map((_, at) => at).filter((at) => !taken.includes(at));
}
