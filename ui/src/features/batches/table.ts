import Papa from "papaparse";
import { newIdempotencyKey } from "@/client/idempotency";
import { newBatch } from "@/text/batches";

const words = newBatch.table;

/** As many as the API takes in one batch. */
export const MOST_ROWS = 500;
export const MOST_BYTES = 10_000_000;
const SEPARATORS = [",", ";", "\t"];

export interface Row {
  key: string;
  /** As many as there are columns. */
  cells: string[];
}
export interface Table {
  columns: string[];
  rows: Row[];
}

/** What is in the way of reading a table, in a sentence. */
export class TableProblem extends Error {
  override name = "TableProblem";
}

/** The table that a text is: CSV, or cells as spreadsheets copy them. Throws TableProblem. */
export function readTable(text: string): Table {
  const { data, errors } = Papa.parse<string[]>(text.replace(/^\uFEFF/, ""), {
    skipEmptyLines: "greedy",
    delimitersToGuess: SEPARATORS,
  });
  const broken = errors.find(({ type }) => type === "Quotes");
  if (broken) throw new TableProblem(words.problems.quotes(broken.row ?? 0));
  const [names = [], ...lines] = data;
  if (lines.length === 0) throw new TableProblem(words.problems.empty);
  if (lines.length > MOST_ROWS) throw new TableProblem(words.problems.tooMany(lines.length));
  const width = Math.max(...data.map((line) => line.length));
  const columns = named(Array.from({ length: width }, (_, at) => names[at] ?? ""));
  return { columns, rows: lines.map((cells) => newRow(columns.length, cells)) };
}

/** The text of a file, and whether how its letters are written had to be guessed. */
export function decoded(bytes: ArrayBuffer): { text: string; guessed: boolean } {
  const [first, second] = new Uint8Array(bytes);
  if (first === 0x50 && second === 0x4b) throw new TableProblem(words.problems.spreadsheet);
  if (bytes.byteLength > MOST_BYTES) throw new TableProblem(words.problems.tooLarge);
  if (first === 0xff && second === 0xfe)
    return { text: new TextDecoder("utf-16le").decode(bytes), guessed: false };
  try {
    return { text: new TextDecoder("utf-8", { fatal: true }).decode(bytes), guessed: false };
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return { text: new TextDecoder("windows-1252").decode(bytes), guessed: true };
  }
}

/** A table to be written here. */
export function emptyTable(): Table {
  const columns = [words.written.title, words.written.narration];
  return { columns, rows: [1, 2, 3].map(() => newRow(columns.length)) };
}

export function newRow(width: number, cells: readonly string[] = []): Row {
  return {
    key: newIdempotencyKey(),
    cells: Array.from({ length: width }, (_, at) => cells[at] ?? ""),
  };
}

export function withCell(table: Table, key: string, column: number, cell: string): Table {
  const rows = table.rows.map((row) =>
    row.key === key ? { ...row, cells: row.cells.with(column, cell) } : row,
  );
  return { ...table, rows };
}

export function withoutRow(table: Table, key: string): Table {
  return { ...table, rows: table.rows.filter((row) => row.key !== key) };
}

/** A row that was taken out, back where it was. */
export function withRow(table: Table, at: number, row: Row): Table {
  // there may be a column more by now
  const cells = table.columns.map((_, place) => row.cells[place] ?? "");
  return { ...table, rows: table.rows.toSpliced(at, 0, { ...row, cells }) };
}

export function withColumn(table: Table, name: string): Table {
  const columns = named([...table.columns, name]);
  return { columns, rows: table.rows.map((row) => ({ ...row, cells: [...row.cells, ""] })) };
}

/** Rows with anything in them: the others are not lessons. */
export function filledRows({ rows }: Table): Row[] {
  return rows.filter(({ cells }) => cells.some((cell) => cell.trim()));
}

/** Each column with a name, and no two with the same. */
function named(names: string[]): string[] {
  const seen = new Set<string>();
  return names.map((given, at) => {
    const wanted = given.trim() || words.unnamed(at + 1);
    let name = wanted;
    for (let number = 2; seen.has(name); number++) name = `${wanted} ${number}`;
    seen.add(name);
    return name;
  });
}
