import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api, call } from "@/client/api";
import { keys } from "@/client/keys";

/** Stops the making of a lesson; what is done is kept. */
export function useCancel(jobId: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: () =>
      call(api.POST("/api/jobs/{job_id}/cancel", { params: { path: { job_id: jobId } } })),
    onSettled: () => queries.invalidateQueries({ queryKey: keys.jobs() }),
  });
}
