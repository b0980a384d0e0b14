import { expect, test } from "vitest";
import { choicesFrom, quotasOf, wrongWith } from "@/features/admin/quotas";

test("quotas are shown and asked for alike, storage in gigabytes", () => {
  const quotas = { storage_bytes: 2_500_000_000, jobs: null };
  const choices = choicesFrom(quotas);
  expect(choices.storage_bytes).toEqual({ mode: "own", typed: "2.5" });
  expect(choices.video_minutes.mode).toBe("usual");
  expect(quotasOf(choices)).toEqual(quotas);
  expect(quotasOf(choicesFrom({}))).toEqual({});
});

test("a limit is a number, and of lessons a whole one", () => {
  const own = (typed: string) => ({ mode: "own" as const, typed });
  expect(wrongWith("video_minutes", own("12,5"))).toBeNull();
  expect(wrongWith("video_minutes", own("many"))).toMatch("number");
  expect(wrongWith("storage_bytes", own("-1"))).toMatch("number");
  expect(wrongWith("jobs", own("1.5"))).toMatch("whole");
  expect(wrongWith("jobs", { mode: "none", typed: "x" })).toBeNull();
});
