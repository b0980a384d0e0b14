import { STEPS, type Step } from "@/features/new-lesson/plan";
import { paths } from "@/paths";

export function addressOf(draftId: string, step: Step): string {
  return `${paths.newLesson}?draft=${encodeURIComponent(draftId)}&step=${step}`;
}

/** The step that an address names; the first where it names none. */
export function stepOf(params: URLSearchParams): Step {
  return STEPS.find((step) => step === params.get("step")) ?? "presenter";
}
