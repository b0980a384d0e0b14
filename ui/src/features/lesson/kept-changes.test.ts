import { beforeEach, expect, test } from "vitest";
import { forgetAllKept } from "@/client/kept";
import type { JobRead } from "@/client/schema";
import { editedFrom, withScene } from "@/features/lesson/change";
import { begunChanges, forgetChanges, keepChanges } from "@/features/lesson/kept-changes";

const job = (id: string) =>
  ({
    id,
    title: "Rain",
    scenes: [{ index: 0, title: null, narration: "Rain falls.", slide_id: null }],
  }) as unknown as JobRead;
const rain = job("rain");
const changed = withScene(editedFrom(rain), "0", { narration: "Snow falls." });

beforeEach(() => {
  localStorage.clear();
});

test("changes outlive the tab, for this lesson and this person alone, until they are handed in", () => {
  expect(keepChanges("ada", "rain", changed)).toBe(true);
  sessionStorage.clear();
  expect(begunChanges("ada", rain)).toEqual(changed);
  expect(begunChanges("bob", rain)).toEqual(editedFrom(rain));
  expect(begunChanges("ada", job("hail"))).toEqual(editedFrom(rain));
  forgetChanges("ada", "rain");
  expect(begunChanges("ada", rain)).toEqual(editedFrom(rain));
});

test("changes go at sign-out", () => {
  keepChanges("ada", "rain", changed);
  forgetAllKept();
  expect(begunChanges("ada", rain)).toEqual(editedFrom(rain));
});

test("what an older studio kept otherwise is not shown", () => {
  keepChanges("ada", "rain", { title: "Rain" } as never);
  expect(begunChanges("ada", rain)).toEqual(editedFrom(rain));
});
