import { useEffect, useState } from "react";
import { useRouteError } from "react-router";
import { mayReload, Outdated } from "@/client/outdated";
import { Button, ButtonLink } from "@/components/button";
import { Notice, ProblemNotice } from "@/components/notice";
import { Page } from "@/components/page";
import { Waiting } from "@/components/waiting";
import { paths } from "@/paths";
import { text } from "@/text";

const words = text.errors;

/** Instead of a page that could not be shown. */
export function RouteProblem() {
  const error = useRouteError();
  if (error instanceof Outdated) return <Updated />;
  return <Broken error={error} />;
}

/** The page is loaded anew by itself, once; where that may not help, it says what will. */
function Updated() {
  const [problem, setProblem] = useState<unknown>(null);
  const [stays, setStays] = useState(false);
  useEffect(() => {
    mayReload().then((may) => {
      if (may) location.reload();
      else setStays(true);
    }, setProblem);
  }, []);
  if (problem) return <Broken error={problem} />;
  return (
    <Page title={words.updatedHeading}>
      {stays ? (
        <Notice kind="warn" action={<Reload />}>
          {words.updated}
        </Notice>
      ) : (
        <Waiting>{words.reloading}</Waiting>
      )}
    </Page>
  );
}

function Broken({ error }: { error: unknown }) {
  return (
    <Page title={words.heading}>
      <div className="flex flex-col items-start gap-6">
        <ProblemNotice error={error} action={<Reload />} />
        <ButtonLink href={paths.home}>{words.backHome}</ButtonLink>
      </div>
    </Page>
  );
}

function Reload() {
  return (
    <Button
      onPress={() => {
        location.reload();
      }}
    >
      {words.reload}
    </Button>
  );
}
