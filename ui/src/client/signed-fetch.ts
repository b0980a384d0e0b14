import { Unreachable } from "@/client/problem";
import type { Session } from "@/client/session";

/**
 * `fetch` that signs what it sends. A token that has run out is renewed and the request sent again;
 * a session that has ended is waited for: the studio asks who is there, and the request goes on.
 */
export function signedFetch(
  session: Session,
  fetcher: typeof fetch = (...asked) => fetch(...asked),
) {
  const send = async (request: Request): Promise<Response> => {
    // a body can be read once
    const copy = request.clone();
    if (session.token) copy.headers.set("Authorization", `Bearer ${session.token}`);
    try {
      return await fetcher(copy);
    } catch (error) {
      if (request.signal.aborted) throw error;
      throw new Unreachable();
    }
  };

  return async (request: Request): Promise<Response> => {
    const used = session.token;
    const response = await send(request);
    if (response.status !== 401 || used === null) return response;
    // another request may have renewed it meanwhile
    const fresh = session.token !== used && session.state === "signed-in";
    if (!fresh && !(await session.refresh())) await session.restored(request.signal);
    return send(request);
  };
}
