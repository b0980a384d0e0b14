import { expect, test } from "vitest";
import { fileNamed } from "@/features/lessons/file-name";

test("a lesson's file is named after it, and by nothing that a system could misread", () => {
  expect(fileNamed("How rain is made", "lesson.mp4")).toBe("How rain is made.mp4");
  expect(fileNamed("Light/dark: “why?”", "speech.webm")).toBe("Light dark “why ”.webm");
  expect(fileNamed("../..", "lesson.mp4")).toBe("lesson.mp4");
  expect(fileNamed("葉".repeat(200), "lesson.mp4")).toBe(`${"葉".repeat(80)}.mp4`);
});
