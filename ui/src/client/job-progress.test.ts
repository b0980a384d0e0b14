import { expect, test } from "vitest";
import type { StepRead } from "@/client/schema";
import { overallProgress, stepNow } from "@/client/job-progress";

const step = (name: string, status: StepRead["status"], progress: number): StepRead => ({
  name,
  status,
  progress,
  attempt: 1,
  engine: null,
  work_seconds: 0,
  media_seconds: 0,
  error: null,
  started_at: null,
  finished_at: null,
});

test("a lesson is as far as its steps, each by what it weighs", () => {
  const steps = [
    step("script", "succeeded", 1),
    step("speech", "running", 0.5),
    step("video", "running", 0),
  ];
  expect(overallProgress([...steps, step("package", "pending", 0)])).toBeCloseTo(0.225);
  expect(overallProgress([])).toBe(0);
});

test("of steps that run side by side, the last one is told", () => {
  const steps = [step("speech", "running", 0.5), step("video", "running", 0.1)];
  expect(stepNow(steps)).toBe("video");
  expect(stepNow([step("video", "pending", 0)])).toBeNull();
});
