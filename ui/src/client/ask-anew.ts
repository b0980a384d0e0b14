import type { Query, QueryClient, QueryKey } from "@tanstack/react-query";

/**
 * Asks anew for all that is known under a name. A further page of a list that is on its way is
 * waited for: a list that is asked for anew forgets that more of it was wanted.
 */
export async function askAnew(queries: QueryClient, queryKey: QueryKey): Promise<void> {
  const growing = queries.getQueryCache().findAll({ queryKey }).filter(grows);
  await Promise.allSettled(growing.flatMap(({ promise }) => promise ?? []));
  await queries.invalidateQueries({ queryKey });
}

function grows({ state }: Query): boolean {
  return state.fetchStatus !== "idle" && state.fetchMeta?.fetchMore !== undefined;
}
