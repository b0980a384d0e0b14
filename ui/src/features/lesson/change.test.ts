import { expect, test } from "vitest";
import { kept, shownNumbers, type Edited } from "@/features/lesson/change";

const scene = (key: string, removed = false) => ({
  key,
  title: "",
  narration: "Rain falls.",
  slideId: null,
  removed,
});

test("a scene keeps the number it is shown with when one before it is left out", () => {
  const edited: Edited = { title: "Rain", scenes: [scene("0", true), scene("1"), scene("2")] };
  expect(kept(edited).map(({ key }) => key)).toEqual(["1", "2"]);
  expect(shownNumbers(edited)).toEqual([2, 3]);
});
