import { expect, test } from "vitest";
import type { JobSummary } from "@/client/schema";
import { courseLessons, moved } from "@/features/lessons/course";

const lesson = (id: string, change: object = {}): JobSummary =>
  ({ id, status: "succeeded", preview: null, poster: { address: "x" }, ...change }) as never;

test("a course is made of lessons that have a film", () => {
  const jobs = [
    lesson("rain"),
    lesson("being made", { status: "running", poster: null }),
    lesson("heard only", { preview: "audio", poster: null }),
    lesson("without a poster", { poster: null }),
    lesson("snow"),
  ];
  expect(courseLessons(jobs).map(({ id }) => id)).toEqual(["rain", "snow"]);
});

test("a lesson is moved by one place, and not beyond an end", () => {
  const order = ["rain", "snow", "hail"];
  expect(moved(order, 2, -1)).toEqual(["rain", "hail", "snow"]);
  expect(moved(order, 0, 1)).toEqual(["snow", "rain", "hail"]);
  expect(moved(order, 0, -1)).toEqual(order);
  expect(moved(order, 2, 1)).toEqual(order);
});
