import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api, call } from "@/client/api";
import { keys } from "@/client/keys";

/** Goes on with a lesson that failed or was cancelled, from what is done. */
export function useRetry(jobId: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: () =>
      call(api.POST("/api/jobs/{job_id}/retry", { params: { path: { job_id: jobId } } })),
    onSuccess: (job) => {
      queries.setQueryData(keys.job(jobId), job);
      return queries.invalidateQueries({ queryKey: keys.jobs(), refetchType: "none" });
    },
  });
}
