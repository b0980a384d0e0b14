import { expect, test } from "vitest";
import {
  cutPlace,
  merged,
  moved,
  newScene,
  sentenceWith,
  split,
} from "@/features/new-lesson/scenes";

const said = (scenes: { narration: string }[]) => scenes.map(({ narration }) => narration);
const three = [newScene("One."), newScene("Two."), newScene("Three.")];

test("a scene moves one place, and stays at either end", () => {
  expect(said(moved(three, 1, -1))).toEqual(["Two.", "One.", "Three."]);
  expect(said(moved(three, 2, 1))).toEqual(["One.", "Two.", "Three."]);
});

test("a scene is cut in two and joined again without a word lost", () => {
  const long = [newScene("First here. Then there.")];
  const place = cutPlace("First here. Then there.", 0) ?? 0;
  const cut = split(long, 0, place);
  expect(said(cut)).toEqual(["First here.", "Then there."]);
  expect(said(merged(cut, 0))).toEqual(["First here.\n\nThen there."]);
});

test("a scene is cut at the cursor where there are words on both sides", () => {
  expect(cutPlace("one two three", 7)).toBe(7);
  expect(cutPlace("one two three", 13)).toBeNull();
});

test("a word is heard in the first sentence that holds it", () => {
  const scenes = [newScene("Rain falls. Cumulus grows! It ends.")];
  expect(sentenceWith(scenes, "cumulus")).toBe("Cumulus grows!");
  expect(sentenceWith(scenes, " Nimbus ")).toBe("Nimbus");
});
