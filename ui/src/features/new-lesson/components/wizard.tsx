import type { ReactNode } from "react";
import { useSearchParams } from "react-router";
import { ButtonLink } from "@/components/button";
import { Page } from "@/components/page";
import { addressOf, stepOf } from "@/features/new-lesson/address";
import { KeptLine, KeptNotice } from "@/features/new-lesson/components/kept";
import { LookStep } from "@/features/new-lesson/components/look-step";
import { PresenterStep } from "@/features/new-lesson/components/presenter-step";
import { ReviewStep } from "@/features/new-lesson/components/review-step";
import { ScriptStep } from "@/features/new-lesson/components/script-step";
import { SoFar } from "@/features/new-lesson/components/so-far";
import { StepNav } from "@/features/new-lesson/components/step-nav";
import { VoiceStep } from "@/features/new-lesson/components/voice-step";
import type { Keeper } from "@/features/new-lesson/keeper";
import { STEPS, type Step } from "@/features/new-lesson/plan";
import { text } from "@/text";

const words = text.newLesson.steps;
const PAGES: Record<Step, (props: { keeper: Keeper }) => ReactNode> = {
  presenter: PresenterStep,
  voice: VoiceStep,
  script: ScriptStep,
  look: LookStep,
  review: ReviewStep,
};

/** The five steps; each can be gone to at any time. */
export function Wizard({ keeper }: { keeper: Keeper }) {
  const [params] = useSearchParams();
  const step = stepOf(params);
  const Current = PAGES[step];
  return (
    <Page wide title={text.newLesson.title} actions={<KeptLine keeper={keeper} />}>
      <div className="grid grid-cols-1 gap-8 lg:grid-cols-[11rem_minmax(0,1fr)] lg:gap-12 2xl:grid-cols-[11rem_minmax(0,1fr)_28rem]">
        <StepNav keeper={keeper} current={step} />
        <div className="flex min-w-0 flex-col gap-8">
          <KeptNotice keeper={keeper} />
          <Current keeper={keeper} />
          <Neighbours keeper={keeper} step={step} />
        </div>
        <SoFar keeper={keeper} />
      </div>
    </Page>
  );
}

function Neighbours({ keeper, step }: { keeper: Keeper; step: Step }) {
  const at = STEPS.indexOf(step);
  const before = STEPS[at - 1];
  const next = STEPS[at + 1];
  return (
    <div className="flex flex-wrap justify-between gap-3 border-t border-line pt-6">
      {before ? (
        <ButtonLink look="quiet" className="-ml-4" href={addressOf(keeper.id, before)}>
          {words.back(words[before])}
        </ButtonLink>
      ) : (
        <span />
      )}
      {next && (
        <ButtonLink look="primary" href={addressOf(keeper.id, next)}>
          {words.next(words[next])}
        </ButtonLink>
      )}
    </div>
  );
}
