import { ApiProblem } from "@/client/problem";
import { ButtonLink } from "@/components/button";
import { ProblemNotice } from "@/components/notice";
import { Page } from "@/components/page";
import { Section } from "@/components/section";
import { text } from "@/text";

interface Lost {
  error: Error;
  /** Where the others like it are, and what that is called. */
  to: string;
  back: string;
  again: () => unknown;
}

/** Instead of a page of something that is not there, or that could not be fetched. */
export function Missing(lost: Lost) {
  return (
    <Page title={titleOf(lost)}>
      <WayBack {...lost} />
    </Page>
  );
}

/** The same within a page that has parts of its own. */
export function MissingSection(lost: Lost) {
  return (
    <Section title={titleOf(lost)}>
      <WayBack {...lost} />
    </Section>
  );
}

function WayBack({ error, to, back, again }: Lost) {
  return (
    <div className="flex max-w-prose flex-col items-start gap-6">
      {isGone(error) ? (
        <p className="text-muted">{text.errors.notFound}</p>
      ) : (
        <ProblemNotice error={error} again={again} />
      )}
      <ButtonLink href={to}>{back}</ButtonLink>
    </div>
  );
}

function titleOf({ error }: Lost): string {
  return isGone(error) ? text.errors.goneHeading : text.errors.heading;
}

function isGone(error: Error): boolean {
  return error instanceof ApiProblem && error.status === 404;
}
