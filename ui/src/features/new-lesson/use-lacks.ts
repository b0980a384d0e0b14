import { useAsset } from "@/client/assets";
import { missingOf, STEP_OF, type Plan, type Step } from "@/features/new-lesson/plan";
import { text } from "@/text";

const words = text.newLesson.review.lacks;

export interface Lack {
  step: Step;
  said: string;
}

/** What is missing in the plan, and the consents to what it uses. */
export function useLacks(plan: Plan): Lack[] {
  const portrait = useAsset(plan.portraitId).data;
  const voice = useAsset(plan.voice === "own" ? plan.voiceId : null).data;
  const lacks = missingOf(plan).map((each) => ({ step: STEP_OF[each], said: words[each] }));
  if (portrait && portrait.consent_state !== "valid")
    lacks.push({ step: "presenter", said: words.portraitConsent });
  if (voice && voice.consent_state !== "valid")
    lacks.push({ step: "voice", said: words.voiceConsent });
  return lacks;
}
