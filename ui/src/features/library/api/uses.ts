import { queryOptions, useQuery } from "@tanstack/react-query";
import { api, call } from "@/client/api";
import { keys } from "@/client/keys";
import type { JobStatus } from "@/client/schema";

/** As many lessons as are named; there may be more. */
const NAMED = 8;
const MAKING: JobStatus[] = ["queued", "running"];
const FINISHED: JobStatus[] = ["succeeded"];

/** The lessons that use a file, newest first; only those of some states, where these are given. */
export function usesQuery(id: string, status: JobStatus[] = []) {
  const query = { asset: id, status, limit: NAMED };
  return queryOptions({
    queryKey: keys.jobs(query),
    queryFn: ({ signal }) => call(api.GET("/api/jobs", { params: { query }, signal })),
  });
}

export const makingQuery = (id: string) => usesQuery(id, MAKING);
export const finishedQuery = (id: string) => usesQuery(id, FINISHED);

export function useUses(id: string) {
  return useQuery(usesQuery(id));
}
