import { expect, test } from "vitest";
import type { DraftRead } from "@/client/schema";
import { Keeper } from "@/features/new-lesson/keeper";
import { newScene } from "@/features/new-lesson/scenes";

const time = "2026-01-01T00:00:00Z";
const draft: DraftRead = {
  id: "d",
  title: "Rain",
  version: 1,
  content: {},
  created_at: time,
  updated_at: time,
};

function keeperOf(): Keeper {
  const keeper = new Keeper(
    draft,
    (_, __, ask) => Promise.resolve({ ...draft, ...ask }),
    "Untitled",
  );
  keeper.change({ scenes: [newScene("One.")] });
  return keeper;
}
const said = (keeper: Keeper) => keeper.snapshot().plan.scenes.map(({ narration }) => narration);
const typing = (keeper: Keeper, narration: string) => {
  const [first] = keeper.snapshot().plan.scenes;
  if (first) keeper.edit("typing", { scenes: [{ ...first, narration }] }, first.key);
};

test("what was done is undone in turn, and done again", () => {
  const keeper = keeperOf();
  keeper.edit("adding", { scenes: [...keeper.snapshot().plan.scenes, newScene("Two.")] });
  keeper.edit("removing", { scenes: keeper.snapshot().plan.scenes.slice(1) });
  expect(keeper.snapshot().undo).toBe("removing");
  keeper.undo();
  expect(said(keeper)).toEqual(["One.", "Two."]);
  keeper.undo();
  expect(said(keeper)).toEqual(["One."]);
  expect(keeper.snapshot()).toMatchObject({ undo: null, redo: "adding" });
  keeper.redo();
  keeper.redo();
  expect(said(keeper)).toEqual(["Two."]);
});

test("what is typed at one place is undone at once, and nothing else with it", () => {
  const keeper = keeperOf();
  keeper.edit("adding", { scenes: [...keeper.snapshot().plan.scenes] });
  typing(keeper, "One. A");
  typing(keeper, "One. And");
  keeper.undo();
  expect(said(keeper)).toEqual(["One."]);
  expect(keeper.snapshot().undo).toBe("adding");
});

test("something new forgets what was undone", () => {
  const keeper = keeperOf();
  typing(keeper, "Else.");
  keeper.undo();
  typing(keeper, "New.");
  expect(keeper.snapshot().redo).toBeNull();
  keeper.redo();
  expect(said(keeper)).toEqual(["New."]);
});
