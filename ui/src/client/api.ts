import createClient from "openapi-fetch";
import { problemFrom } from "@/client/problem";
import type { paths } from "@/client/schema";
import { Session } from "@/client/session";
import { signedFetch } from "@/client/signed-fetch";

export const session = new Session();

/** `fetch`, signed; for what is not JSON. Takes a Request. */
export const fetchSigned = signedFetch(session);

/** Every call of the HTTP interface, typed by its description. Use it through `call`. */
export const api = createClient<paths>({
  // an absolute address: a Request needs one outside of browsers too
  baseUrl: globalThis.location.origin,
  fetch: fetchSigned,
});

interface Answered<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/** What the API answers. Throws ApiProblem or Unreachable. */
export async function call<T>(asked: Promise<Answered<T>>): Promise<NonNullable<T>> {
  const { data, error, response } = await asked;
  if (!response.ok) throw problemFrom(response, error);
  return data as NonNullable<T>;
}
