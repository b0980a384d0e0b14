import { useQuery } from "@tanstack/react-query";
import { api, call } from "@/client/api";
import { keys } from "@/client/keys";

/** Addresses of files work for 15 minutes. */
const ADDRESS_MILLISECONDS = 10 * 60_000;

/** Where the poster of a finished lesson can be seen; not every lesson has one. */
export function usePoster(jobId: string, enabled: boolean) {
  return useQuery({
    queryKey: keys.export(jobId, "poster.jpg"),
    queryFn: ({ signal }) =>
      call(
        api.GET("/api/jobs/{job_id}/exports/{name}", {
          params: { path: { job_id: jobId, name: "poster.jpg" } },
          signal,
        }),
      ),
    enabled,
    staleTime: ADDRESS_MILLISECONDS,
  });
}
