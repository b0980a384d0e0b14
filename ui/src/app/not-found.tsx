import { ButtonLink } from "@/components/button";
import { Page } from "@/components/page";
import { paths } from "@/paths";
import { text } from "@/text";

export function NotFound() {
  return (
    <Page title={text.errors.notFoundHeading}>
      <p className="mb-6 max-w-prose text-muted">{text.errors.notFound}</p>
      <ButtonLink href={paths.home}>{text.errors.backHome}</ButtonLink>
    </Page>
  );
}
