import type { ReactNode } from "react";
import { useNavigate } from "react-router";
import { Button } from "@/components/button";
import { CheckboxGroup } from "@/components/checkbox";
import { TextLink } from "@/components/link";
import { Notice, ProblemNotice } from "@/components/notice";
import { useAsset } from "@/client/assets";
import { ApiProblem } from "@/client/problem";
import { addressOf } from "@/features/new-lesson/address";
import { useMakeLesson, useOutlook } from "@/features/new-lesson/api/make";
import { useEstimate } from "@/features/new-lesson/api/script";
import { StepSection } from "@/features/new-lesson/components/section";
import type { Keeper } from "@/features/new-lesson/keeper";
import { EXPORTS, type Plan } from "@/features/new-lesson/plan";
import { asText } from "@/features/new-lesson/scenes";
import { useLacks, type Lack } from "@/features/new-lesson/use-lacks";
import { usePlan } from "@/features/new-lesson/use-plan";
import { paths } from "@/paths";
import { text } from "@/text";
import { duration, roughly } from "@/text/format";

const words = text.newLesson.review;

export function ReviewStep({ keeper }: { keeper: Keeper }) {
  const { plan, change } = usePlan(keeper);
  const lacks = useLacks(plan);
  return (
    <StepSection title={words.title}>
      {lacks.length > 0 ? (
        <Missing keeper={keeper} lacks={lacks} />
      ) : (
        <Notice kind="good">{words.complete}</Notice>
      )}
      <div className="grid grid-cols-1 items-start gap-x-12 gap-y-6 xl:grid-cols-2">
        <Summary plan={plan} complete={lacks.length === 0} />
        <CheckboxGroup
          label={words.exports}
          options={words.names}
          value={plan.exports}
          onChange={(names) => {
            change({ exports: EXPORTS.filter((each) => names.includes(each)) });
          }}
        />
      </div>
      <Make keeper={keeper} isDisabled={lacks.length > 0} />
    </StepSection>
  );
}

function Missing({ keeper, lacks }: { keeper: Keeper; lacks: Lack[] }) {
  return (
    <Notice kind="warn">
      <p className="font-semibold">{words.missing}</p>
      <ul className="mt-1 flex flex-col gap-1">
        {lacks.map(({ step, said }) => (
          <li key={said}>
            <TextLink href={addressOf(keeper.id, step)}>{said}</TextLink>
          </li>
        ))}
      </ul>
    </Notice>
  );
}

function Summary({ plan, complete }: { plan: Plan; complete: boolean }) {
  const portrait = useAsset(plan.portraitId).data;
  const voice = useAsset(plan.voice === "own" ? plan.voiceId : null).data;
  const estimate = useEstimate(asText(plan.scenes));
  const { aspects, resolutions, layouts } = text.newLesson.look;
  const { look } = plan;
  const voiceName = plan.voice === "own" ? voice?.name : text.newLesson.voice.builtIn;
  return (
    <dl className="grid grid-cols-1 gap-x-6 sm:grid-cols-[auto_minmax(0,1fr)] sm:gap-y-2">
      <Fact name={words.name}>{plan.title.trim() || words.lacking}</Fact>
      <Fact name={words.presenter}>
        {plan.portraitId === null ? words.lacking : portrait?.name}
      </Fact>
      <Fact name={words.voice}>{voiceName}</Fact>
      <Fact name={words.language}>{text.newLesson.voice.languages[plan.language]}</Fact>
      <Fact name={words.scenes}>{plan.scenes.length || words.lacking}</Fact>
      <Fact name={words.length}>
        {estimate.data && (
          <Estimate>{text.newLesson.script.about(duration(estimate.data.seconds))}</Estimate>
        )}
      </Fact>
      <Fact name={words.takes}>
        <Takes plan={plan} complete={complete} />
      </Fact>
      <Fact name={words.look}>
        {[layouts[look.layout], aspects[look.aspect], resolutions[look.resolution]].join(" · ")}
      </Fact>
    </dl>
  );
}

/** How long it would take, from measured speeds, and what comes before it. */
function Takes({ plan, complete }: { plan: Plan; complete: boolean }) {
  const { data } = useOutlook(plan, complete);
  if (!complete) return words.notYet;
  if (!data) return words.unknown;
  const made = roughly(data.work_seconds);
  return (
    <Estimate>
      {data.ahead > 0 ? words.after(made, data.ahead, roughly(data.wait_seconds)) : made}
    </Estimate>
  );
}

function Estimate({ children }: { children: string }) {
  return <span className="inline-block first-letter:uppercase">{children}</span>;
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt className="font-semibold">{name}</dt>
      <dd className="mb-2 break-words text-muted sm:mb-0">{children ?? words.unknown}</dd>
    </>
  );
}

function Make({ keeper, isDisabled }: { keeper: Keeper; isDisabled: boolean }) {
  const navigate = useNavigate();
  const make = useMakeLesson(keeper);
  const fields = make.error instanceof ApiProblem ? make.error.fields : [];
  return (
    <div className="flex flex-col items-start gap-4">
      <p className="max-w-prose text-muted">{words.wait}</p>
      <ProblemNotice error={make.error} />
      {fields.length > 0 && (
        <ul className="list-disc pl-5 text-bad">
          {fields.map(({ field, message }) => (
            <li key={field}>{message}</li>
          ))}
        </ul>
      )}
      <Button
        look="primary"
        isDisabled={isDisabled}
        pending={make.isPending && words.making}
        onPress={() => {
          make.mutate(undefined, { onSuccess: ({ id }) => navigate(paths.lesson(id)) });
        }}
      >
        {words.make}
      </Button>
    </div>
  );
}
