import {
  Check,
  Circle,
  CircleAlert,
  CircleSlash,
  LoaderCircle,
  type LucideIcon,
} from "lucide-react";
import type { StepName } from "@/client/job-progress";
import type { StepRead, StepStatus } from "@/client/schema";
import { EngineBadge } from "@/features/lesson/components/engine-badge";
import { text } from "@/text";

const words = text.lessonPage.steps;
const MARKS: Record<StepStatus, { icon: LucideIcon; look: string }> = {
  pending: { icon: Circle, look: "text-control" },
  running: { icon: LoaderCircle, look: "text-accent animate-spin" },
  succeeded: { icon: Check, look: "text-good" },
  failed: { icon: CircleAlert, look: "text-bad" },
  cancelled: { icon: CircleSlash, look: "text-muted" },
};

/** The steps of the making: how each went, and who made it. `over`: nothing more is to come. */
export function Steps({ steps, over = false }: { steps: StepRead[]; over?: boolean }) {
  return (
    <ul aria-label={words.title} className="flex flex-col gap-3">
      {steps.map((step) => (
        <Step key={step.name} step={step} name={step.name as StepName} over={over} />
      ))}
    </ul>
  );
}

function Step({ step, name, over }: { step: StepRead; name: StepName; over: boolean }) {
  const left = over && step.status === "pending";
  const { icon: Mark, look } = MARKS[left ? "cancelled" : step.status];
  const given = name === "script" && step.status === "succeeded" && step.engine === null;
  return (
    <li className="flex gap-3">
      <Mark aria-hidden className={`mt-1 size-4 shrink-0 ${look}`} />
      <div className="min-w-0">
        <p>
          <span className="font-semibold">{words[name]}</span>{" "}
          <span className="text-muted">
            {words.status[left ? "left" : step.status]}
            {step.attempt > 1 && step.status === "running" && `, ${words.attempt(step.attempt)}`}
          </span>
        </p>
        {step.engine && <EngineBadge engine={step.engine} />}
        {given && <p className="text-small text-muted">{words.given}</p>}
      </div>
    </li>
  );
}
