import { redirect, type LoaderFunctionArgs } from "react-router";
import { session } from "@/client/api";
import { destination, paths, signInFor } from "@/paths";

/** For pages that show what is one's own. */
export async function signedInOnly({ request }: LoaderFunctionArgs): Promise<null> {
  await settled();
  if (session.state !== "anonymous") return null;
  const { pathname, search } = new URL(request.url);
  throw redirect(session.left ? paths.signIn : signInFor(pathname + search));
}

/** For pages that are for nobody in particular. */
export async function anonymousOnly({ request }: LoaderFunctionArgs): Promise<null> {
  await settled();
  if (session.state === "anonymous") return null;
  throw redirect(destination(new URL(request.url).searchParams.get("to")));
}

/** At the start, the cookie is all there is: it tells who is there. */
async function settled(): Promise<void> {
  if (session.state === "starting") await session.refresh();
}
