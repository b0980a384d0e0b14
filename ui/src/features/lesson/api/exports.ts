import { queryOptions, useQuery } from "@tanstack/react-query";
import { api, call } from "@/client/api";
import { keys } from "@/client/keys";

/** Addresses work for 15 minutes; they are asked for anew before. */
const ADDRESS_MILLISECONDS = 10 * 60_000;

export const exportsQuery = (jobId: string) =>
  queryOptions({
    queryKey: keys.exports(jobId),
    queryFn: ({ signal }) =>
      call(api.GET("/api/jobs/{job_id}/exports", { params: { path: { job_id: jobId } }, signal })),
    staleTime: ADDRESS_MILLISECONDS,
  });

/** The finished files of a lesson, with addresses that work. */
export function useExports(jobId: string, enabled: boolean) {
  return useQuery({ ...exportsQuery(jobId), enabled, refetchInterval: ADDRESS_MILLISECONDS });
}
