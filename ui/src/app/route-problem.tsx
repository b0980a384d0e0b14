import { useRouteError } from "react-router";
import { Button } from "@/components/button";
import { ProblemNotice } from "@/components/notice";
import { Page } from "@/components/page";
import { text } from "@/text";

/** Instead of a page that could not be shown. */
export function RouteProblem() {
  const error = useRouteError();
  return (
    <Page title={text.errors.heading}>
      <ProblemNotice
        error={error}
        action={
          <Button
            onPress={() => {
              location.reload();
            }}
          >
            {text.errors.reload}
          </Button>
        }
      />
    </Page>
  );
}
