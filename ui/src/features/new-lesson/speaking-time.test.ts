import { expect, test } from "vitest";
import { roughSeconds } from "@/features/new-lesson/speaking-time";
import measured from "@/features/new-lesson/speaking-times.json";

test.each(measured as [string, number][])("%j is as long as the studio says", (said, seconds) => {
  expect(roughSeconds(said)).toBeCloseTo(seconds, 2);
});
