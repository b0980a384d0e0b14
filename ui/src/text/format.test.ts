import { expect, test } from "vitest";
import { duration, listed, minutes, relative, size, timeLeft } from "@/text/format";

test("times are told as people tell them", () => {
  const now = Date.parse("2026-11-22T12:00:00Z");
  expect(relative("2026-11-22T11:57:00Z", now)).toBe("3 minutes ago");
  expect(relative("2026-11-21T11:00:00Z", now)).toBe("yesterday");
  expect(relative("2026-11-22T11:59:50Z", now)).toBe("just now");
  expect(relative("2026-11-22T12:00:10Z", now)).toBe("now");
});

test("lengths are told in the units one thinks in", () => {
  expect([1, 40, 60, 125, 3720].map(duration)).toEqual([
    "1 second",
    "40 seconds",
    "1 min",
    "2 min 5 s",
    "1 h 2 min",
  ]);
});

test("what is left is told no more exactly than it is known", () => {
  expect([3, 37, 58, 250, 7300].map(timeLeft)).toEqual([
    "a few seconds left",
    "about 40 seconds left",
    "about a minute left",
    "about 4 minutes left",
    "about 2 h left",
  ]);
});

test("amounts come with their unit", () => {
  expect([0, 999, 1_400_000, 25_000_000_000].map(size)).toEqual([
    "0 B",
    "999 B",
    "1.4 MB",
    "25 GB",
  ]);
  expect([0, 0.3, 1, 1.5, 12.4].map(minutes)).toEqual([
    "0 minutes",
    "18 seconds",
    "1 minute",
    "1.5 minutes",
    "12 minutes",
  ]);
});

test("what begins a line of its own is told in one line", () => {
  expect(listed(["See lessons", "Make, change and delete lessons"])).toBe(
    "See lessons; make, change and delete lessons",
  );
  expect(listed([])).toBe("");
});
