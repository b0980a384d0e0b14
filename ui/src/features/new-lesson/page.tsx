import { redirect, useSearchParams, type LoaderFunctionArgs } from "react-router";
import { api, call, session } from "@/client/api";
import { Missing } from "@/components/missing";
import { Page } from "@/components/page";
import { Waiting } from "@/components/waiting";
import { createDraft, useKeeper } from "@/features/new-lesson/api/drafts";
import { addressOf } from "@/features/new-lesson/address";
import { Start } from "@/features/new-lesson/components/start";
import { Wizard } from "@/features/new-lesson/components/wizard";
import { paths } from "@/paths";
import { text } from "@/text";

/** Whoever has begun no lesson begins one at once. */
export async function loader({ request }: LoaderFunctionArgs): Promise<null> {
  if (new URL(request.url).searchParams.has("draft")) return null;
  if (session.state === "starting") await session.refresh();
  // the page for whoever is signed in leads away from here
  if (session.state === "anonymous") return null;
  const drafts = await call(api.GET("/api/drafts", { params: { query: { limit: 1 } } }));
  if (drafts.items.length > 0) return null;
  const { id } = await createDraft();
  throw redirect(addressOf(id, "presenter"));
}

/** A new lesson, in five steps: `?draft` is which one, `&step` where one is. */
export function Component() {
  const [params] = useSearchParams();
  const draft = params.get("draft");
  return draft === null ? <Start /> : <Draft key={draft} id={draft} />;
}

function Draft({ id }: { id: string }) {
  const { data: keeper, error, refetch } = useKeeper(id);
  if (keeper) return <Wizard key={keeper.id} keeper={keeper} />;
  if (error)
    return (
      <Missing error={error} to={paths.newLesson} back={text.newLesson.title} again={refetch} />
    );
  return (
    <Page title={text.newLesson.title}>
      <Waiting />
    </Page>
  );
}
