import { queryOptions, useQuery } from "@tanstack/react-query";
import { api, call } from "@/client/api";
import { keys } from "@/client/keys";

const RECENT = 12;
const LOOK_AGAIN_MILLISECONDS = 15_000;
/** Addresses of files work for 15 minutes. */
const ADDRESS_MILLISECONDS = 10 * 60_000;

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

/** Where the poster of a finished lesson can be seen. */
export function usePoster(jobId: string) {
  return useQuery({
    queryKey: keys.export(jobId, "poster.jpg"),
    queryFn: ({ signal }) =>
      call(
        api.GET("/api/jobs/{job_id}/exports/{name}", {
          params: { path: { job_id: jobId, name: "poster.jpg" } },
          signal,
        }),
      ),
    staleTime: ADDRESS_MILLISECONDS,
  });
}
