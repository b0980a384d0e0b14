import { Checkbox } from "@/components/checkbox";
import { Select } from "@/components/select";
import { HINT } from "@/components/text-field";
import { Background } from "@/features/new-lesson/components/background";
import { MockUp } from "@/features/new-lesson/components/mock-up";
import { StepSection } from "@/features/new-lesson/components/section";
import type { Keeper } from "@/features/new-lesson/keeper";
import { firstSlide, type Look } from "@/features/new-lesson/plan";
import { usePlan } from "@/features/new-lesson/use-plan";
import { text } from "@/text";

const words = text.newLesson.look;

export function LookStep({ keeper }: { keeper: Keeper }) {
  const { plan, change } = usePlan(keeper);
  const set = (part: Partial<Look>) => {
    change({ look: { ...keeper.snapshot().plan.look, ...part } });
  };
  return (
    <StepSection title={words.title}>
      <div className="grid items-start gap-8 md:grid-cols-2 2xl:grid-cols-[minmax(0,40rem)]">
        <div className="flex flex-col gap-4">
          <Pickers look={plan.look} set={set} />
          <Ticks look={plan.look} set={set} />
        </div>
        <div className="order-first md:sticky md:top-24 md:order-none 2xl:hidden">
          <MockUp look={plan.look} portraitId={plan.portraitId} slideId={firstSlide(plan)} />
        </div>
      </div>
    </StepSection>
  );
}

interface Props {
  look: Look;
  set: (part: Partial<Look>) => void;
}

function Pickers({ look, set }: Props) {
  return (
    <>
      <Select
        label={words.aspect}
        options={words.aspects}
        value={look.aspect}
        onChange={(aspect) => {
          set({ aspect });
        }}
      />
      <Select
        label={words.resolution}
        options={words.resolutions}
        value={look.resolution}
        onChange={(resolution) => {
          set({ resolution });
        }}
      />
      <Select
        label={words.layout}
        options={words.layouts}
        value={look.layout}
        onChange={(layout) => {
          set({ layout });
        }}
      />
      <Select
        label={words.motion}
        options={words.motions}
        value={look.motion}
        onChange={(motion) => {
          set({ motion });
        }}
      />
      <Background look={look} set={set} />
    </>
  );
}

function Ticks({ look, set }: Props) {
  return (
    <>
      <Checkbox
        isSelected={look.burnIn}
        onChange={(burnIn) => {
          set({ burnIn });
        }}
      >
        {words.burnIn}
        <span className={`block ${HINT}`}>{words.burnInExplained}</span>
      </Checkbox>
      <Checkbox
        isSelected={look.label}
        onChange={(label) => {
          set({ label });
        }}
      >
        {words.label}
      </Checkbox>
    </>
  );
}
