import { expect, test } from "vitest";
import { guessed, said, unknownName } from "@/features/batches/columns";
import { faultsIn } from "@/features/batches/faults";
import { askOf, missingOf, planFrom, type Plan } from "@/features/batches/plan";
import { readTable } from "@/features/batches/table";

function planned(csv: string, more: Partial<Plan> = {}): Plan {
  const table = readTable(csv);
  return { ...planFrom({}), table, sources: guessed(table), portraitId: "p", ...more };
}

test("columns are known by their names, else by what they hold", () => {
  const { sources } = planned("ID,Title,Topic,Minutes\n7,Rain,Why it rains,2\n");
  expect(sources.external_id).toEqual({ kind: "column", column: 0 });
  expect(sources.prompt).toEqual({ kind: "column", column: 2 });
  expect(sources.narration).toEqual({ kind: "none" });
  const other = planned("A,B,C\nRain,x,Warm air rises and cools.\n").sources;
  expect(other.title).toEqual({ kind: "column", column: 0 });
  expect(other.narration).toEqual({ kind: "column", column: 2 });
});

test("one's own words hold cells, and a name that is no column's is told", () => {
  const table = readTable("topic,class\nRain,7b\n");
  const [row] = table.rows;
  if (!row) throw new Error("a row was read");
  const source = { kind: "written", text: "{{topic}} for {{ class }}, not {{form}}" } as const;
  expect(said(source, table, row)).toBe("Rain for 7b, not");
  expect(unknownName(source, table)).toBe("form");
});

test("a row becomes a lesson: blank lines begin scenes, empty cells are left out", () => {
  const plan = planned(
    'title,text,minutes\nUp,"Warm air rises.\n\nIt is light.",\n,,\nDown,Sinks.,2\n',
  );
  const ask = askOf(plan, true);
  expect(ask.items).toEqual([
    { title: "Up", scenes: [{ narration: "Warm air rises." }, { narration: "It is light." }] },
    { title: "Down", scenes: [{ narration: "Sinks." }], minutes: "2" },
  ]);
  expect(ask.defaults).toMatchObject({ portrait_id: "p", captions: { burn_in: false } });
  expect(ask.defaults).not.toHaveProperty("voice_id");
});

test("what is missing is told one by one", () => {
  expect(missingOf(planFrom({}))).toEqual(["table", "portrait"]);
  const { sources } = planned("title,text\nUp,x\n");
  const none = { kind: "none" } as const;
  expect(
    missingOf(planned("title,text\nUp,x\n", { sources: { ...sources, narration: none } })),
  ).toEqual(["words"]);
});

test("what the API found wrong stands at its row, and what all have in common stands once", () => {
  const { table, sources } = planned("title,text\nUp,x\n,\nDown,\n");
  if (!table) throw new Error("a table was read");
  const problem = (field: string, message: string) => ({ field, code: "c", message });
  const { rows, shared } = faultsIn(
    [
      problem("items.1.scenes.0.narration", "Too long."),
      problem("items.1.body", "give either a prompt or scenes"),
      problem("items.0.portrait_id", "No consent."),
      problem("items.1.portrait_id", "No consent."),
    ],
    table,
    sources,
  );
  const third = table.rows.at(-1)?.key ?? "";
  expect(rows).toEqual({
    [third]: [
      { field: "narration", message: "Too long." },
      { field: null, message: "The row has no words: neither what is said, nor what it is about." },
    ],
  });
  expect(shared).toEqual(["No consent."]);
});

test("what was kept and is damaged is as at the start", () => {
  expect(
    planFrom({ name: "Unit 7", table: { columns: 3 }, look: { aspect: "3:2" } }),
  ).toMatchObject({
    name: "Unit 7",
    table: null,
    look: { aspect: "16:9", resolution: "720p" },
  });
});
