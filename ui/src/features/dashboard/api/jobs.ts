import { queryOptions, useQuery } from "@tanstack/react-query";
import { api, call } from "@/client/api";
import { keys } from "@/client/keys";

const RECENT = 12;
const LOOK_AGAIN_MILLISECONDS = 15_000;

/** The newest lessons, being made or not. */
export function useRecentJobs() {
  return useQuery({
    queryKey: keys.jobs({ limit: RECENT }),
    queryFn: ({ signal }) =>
      call(api.GET("/api/jobs", { params: { query: { limit: RECENT } }, signal })),
    refetchInterval: LOOK_AGAIN_MILLISECONDS,
  });
}

export const jobQuery = (id: string) =>
  queryOptions({
    queryKey: keys.job(id),
    queryFn: ({ signal }) =>
      call(api.GET("/api/jobs/{job_id}", { params: { path: { job_id: id } }, signal })),
  });
