import { expect, test } from "vitest";
import {
  decoded,
  readTable,
  TableProblem,
  withColumn,
  withoutRow,
  withRow,
} from "@/features/batches/table";

const cellsOf = (text: string) => readTable(text).rows.map(({ cells }) => cells);
const bytes = (...codes: number[]) => new Uint8Array(codes).buffer;

test("commas, semicolons and tabs all separate, and quoted cells hold lines", () => {
  const written = 'title,text\nUp,"Warm air rises.\n\nIt is light, too."\n\nDown,Cold air sinks.\n';
  expect(cellsOf(written)).toEqual([
    ["Up", "Warm air rises.\n\nIt is light, too."],
    ["Down", "Cold air sinks."],
  ]);
  expect(cellsOf("\uFEFFtitle;text\nUp;a, b\n")).toEqual([["Up", "a, b"]]);
  expect(cellsOf("title\ttext\nUp\ta; b")).toEqual([["Up", "a; b"]]);
});

test("every column has a name of its own, and no cell is lost", () => {
  const { columns, rows } = readTable("name,name,\nA,B,C,D\nE\n");
  expect(columns).toEqual(["name", "name 2", "Column 3", "Column 4"]);
  expect(rows.map(({ cells }) => cells)).toEqual([
    ["A", "B", "C", "D"],
    ["E", "", "", ""],
  ]);
});

test("what cannot be read is told in words", () => {
  expect(() => readTable("title,text\n")).toThrow("no row below");
  expect(() => readTable('title,text\nUp,"never closed\nDown,x\n')).toThrow("never closed");
  expect(() => readTable(`title\n${"x\n".repeat(501)}`)).toThrow("501 rows");
  expect(() => decoded(bytes(0x50, 0x4b, 3, 4))).toThrow(TableProblem);
});

test("how letters are written is seen, or guessed and said so", () => {
  expect(decoded(bytes(0xc3, 0xa9))).toEqual({ text: "é", guessed: false });
  expect(decoded(bytes(0xe9))).toEqual({ text: "é", guessed: true });
  expect(decoded(bytes(0xff, 0xfe, 0xe9, 0))).toEqual({ text: "é", guessed: false });
});

test("a row taken out comes back where it was, also with a column more", () => {
  const table = readTable("a\n1\n2\n3\n");
  const [, second] = table.rows;
  if (!second) throw new Error("three rows were read");
  const wider = withColumn(withoutRow(table, second.key), "b");
  expect(withRow(wider, 1, second).rows.map(({ cells }) => cells)).toEqual([
    ["1", ""],
    ["2", ""],
    ["3", ""],
  ]);
});
