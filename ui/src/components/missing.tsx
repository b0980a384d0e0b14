import { ApiProblem } from "@/client/problem";
import { ButtonLink } from "@/components/button";
import { ProblemNotice } from "@/components/notice";
import { Page } from "@/components/page";
import { text } from "@/text";

/** Instead of a page of something that is not there, or that could not be fetched. */
export function Missing({
  error,
  to,
  back,
  again,
}: {
  error: Error;
  /** Where the others like it are, and what that is called. */
  to: string;
  back: string;
  again: () => unknown;
}) {
  const gone = error instanceof ApiProblem && error.status === 404;
  return (
    <Page title={gone ? text.errors.goneHeading : text.errors.heading}>
      <div className="flex max-w-prose flex-col items-start gap-6">
        {gone ? (
          <p className="text-muted">{text.errors.notFound}</p>
        ) : (
          <ProblemNotice error={error} again={again} />
        )}
        <ButtonLink href={to}>{back}</ButtonLink>
      </div>
    </Page>
  );
}
