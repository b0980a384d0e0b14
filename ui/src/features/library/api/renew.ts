import type { QueryClient } from "@tanstack/react-query";
import { askAnew } from "@/client/ask-anew";
import { keys } from "@/client/keys";

/** What is known of one file is asked for anew; its address, which still works, is not. */
export async function renewAsset(queries: QueryClient, id: string): Promise<void> {
  await Promise.all([
    renewLists(queries),
    queries.invalidateQueries({ queryKey: keys.asset(id), exact: true }),
    queries.invalidateQueries({ queryKey: consentsKey(id) }),
  ]);
}

export async function renewLists(queries: QueryClient): Promise<void> {
  await askAnew(queries, [...keys.assets(), "list"]);
}

/** After all that was made with a file is deleted. */
export async function renewMade(queries: QueryClient, id: string): Promise<void> {
  await Promise.all([
    renewAsset(queries, id),
    queries.invalidateQueries({ queryKey: keys.jobs() }),
    queries.invalidateQueries({ queryKey: keys.batches() }),
  ]);
}

export const consentsKey = (id: string) => [...keys.asset(id), "consents"] as const;
