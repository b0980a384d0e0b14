import { Check } from "lucide-react";
import { memo } from "react";
import { Link } from "react-aria-components/Link";
import { addressOf } from "@/features/new-lesson/address";
import type { Keeper } from "@/features/new-lesson/keeper";
import { STEPS, type Step } from "@/features/new-lesson/plan";
import { useLacks } from "@/features/new-lesson/use-lacks";
import { usePlan } from "@/features/new-lesson/use-plan";
import { text } from "@/text";

const words = text.newLesson.steps;
const FILLED_IN: readonly Step[] = ["presenter", "voice", "script", "look"];

export function StepNav({ keeper, current }: { keeper: Keeper; current: Step }) {
  const { plan } = usePlan(keeper);
  const open = new Set(useLacks(plan).map(({ step }) => step));
  const done = FILLED_IN.filter((step) => !open.has(step)).join(" ");
  return <Steps id={keeper.id} current={current} done={done} />;
}

/** `done` are the steps in which nothing is missing: drawn anew when they are others. */
const Steps = memo(function Steps({
  id,
  current,
  done,
}: {
  id: string;
  current: Step;
  done: string;
}) {
  return (
    <nav aria-label={words.label} className="min-w-0">
      <ol className="flex flex-wrap gap-1 lg:sticky lg:top-24 lg:flex-col">
        {STEPS.map((step, at) => (
          <li key={step}>
            <Link
              href={addressOf(id, step)}
              aria-current={step === current ? "step" : undefined}
              className="flex min-h-11 cursor-pointer items-center gap-2 rounded px-2 text-muted transition-colors data-hovered:bg-sunk data-hovered:text-ink aria-[current=step]:bg-accent-soft aria-[current=step]:font-semibold aria-[current=step]:text-accent lg:min-h-10 lg:px-3"
            >
              <span aria-hidden className="hidden w-4 text-small sm:inline">
                {done.split(" ").includes(step) ? <Check className="size-4 text-good" /> : at + 1}
              </span>
              {words[step]}
            </Link>
          </li>
        ))}
      </ol>
    </nav>
  );
});
