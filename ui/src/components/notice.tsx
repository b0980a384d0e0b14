import { CircleAlert, CircleCheck, Info, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { ApiProblem, explained } from "@/client/problem";
import { Button } from "@/components/button";
import { Told } from "@/components/told";
import { text } from "@/text";

const KINDS = {
  info: { icon: Info, look: "bg-accent-soft", mark: "text-accent" },
  good: { icon: CircleCheck, look: "bg-accent-soft", mark: "text-good" },
  warn: { icon: TriangleAlert, look: "bg-warn-soft", mark: "text-warn" },
  bad: { icon: CircleAlert, look: "bg-bad-soft", mark: "text-bad" },
} as const;

/** A sentence that stands out. */
export function Notice({
  kind = "info",
  children,
  action,
}: {
  kind?: keyof typeof KINDS;
  children: ReactNode;
  action?: ReactNode;
}) {
  const { icon: Icon, look, mark } = KINDS[kind];
  return (
    <div
      role={kind === "bad" ? "alert" : "note"}
      className={`flex flex-wrap items-center gap-x-4 gap-y-2 rounded px-4 py-3 ${look}`}
    >
      <div className="flex flex-1 basis-64 gap-3">
        <Icon aria-hidden className={`mt-0.5 size-5 shrink-0 ${mark}`} />
        <div className="min-w-0">{children}</div>
      </div>
      {action}
    </div>
  );
}

/**
 * An error in the API's own sentence, with what to do next. Nothing where there is none. `again`
 * asks once more, where that may help.
 */
export function ProblemNotice({
  error,
  action,
  again,
}: {
  error: unknown;
  action?: ReactNode;
  again?: () => unknown;
}) {
  if (!error) return null;
  const { sentence, advice } = explained(error);
  const id = error instanceof ApiProblem && error.status >= 500 ? error.requestId : null;
  return (
    <Notice
      kind="bad"
      action={again ? <Button onPress={() => void again()}>{text.common.tryAgain}</Button> : action}
    >
      <p>
        <strong className="font-semibold">
          <Told>{sentence}</Told>
        </strong>{" "}
        {advice && <Told>{advice}</Told>}
      </p>
      {id && <p className="text-small text-muted">{text.errors.requestId(id)}</p>}
    </Notice>
  );
}
