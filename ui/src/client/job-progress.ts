import type { StepRead } from "@/client/schema";
import { text } from "@/text";

export type StepName = keyof typeof text.lesson.step;

/** What the steps weigh: about the share of the time that each takes. */
const WEIGHTS: Record<StepName, number> = { script: 0.1, speech: 0.25, video: 0.55, package: 0.1 };

/** From 0 to 1, over all steps. */
export function overallProgress(steps: StepRead[]): number {
  const known = steps.filter((step) => step.name in WEIGHTS);
  const weight = (step: StepRead) => WEIGHTS[step.name as StepName];
  const all = known.reduce((sum, step) => sum + weight(step), 0);
  const done = known.reduce((sum, step) => sum + weight(step) * step.progress, 0);
  return all > 0 ? done / all : 0;
}

/** The last of the steps that run: speech and video run side by side, and video is what shows. */
export function stepNow(steps: StepRead[]): StepName | null {
  const running = steps.filter((step) => step.status === "running" && step.name in WEIGHTS);
  return (running.at(-1)?.name as StepName | undefined) ?? null;
}
