import type { RemakePlan } from "@/client/schema";
import { ProblemNotice } from "@/components/notice";
import { Waiting } from "@/components/waiting";
import { text } from "@/text";

const words = text.lessonPage.change;

/** What a change would have made again, in a sentence. */
export function Plan({
  plan,
  error,
  looking,
}: {
  plan: RemakePlan | undefined;
  error: unknown;
  looking: boolean;
}) {
  if (error) return <ProblemNotice error={error} />;
  if (looking || !plan) return <Waiting className="!min-h-0 !py-0">{words.looking}</Waiting>;
  return (
    <p role="status" className="text-lead">
      {sayPlan(plan)}
    </p>
  );
}

/** The places, from 0, of the scenes that will be made again. */
export function madeAgain(plan: RemakePlan | undefined): number[] {
  const again = plan?.scenes?.filter(({ speech, video }) => speech || video) ?? [];
  return again.map(({ index }) => index);
}

function sayPlan(plan: RemakePlan): string {
  if (plan.scenes === null) return words.unknown;
  const again = madeAgain(plan).length;
  return again === 0 ? words.onlyFiles : words.count(again, plan.scenes.length);
}
