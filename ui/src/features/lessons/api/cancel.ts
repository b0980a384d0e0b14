import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api, call } from "@/client/api";
import { keys } from "@/client/keys";
import { ApiProblem } from "@/client/problem";

/** Stops the making of several lessons; one that has ended meanwhile has what was wanted. */
export function useCancelAll() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (ids: string[]) => Promise.all(ids.map(cancel)),
    onSettled: () => queries.invalidateQueries({ queryKey: keys.jobs() }),
  });
}

async function cancel(id: string): Promise<void> {
  const path = { job_id: id };
  await call(api.POST("/api/jobs/{job_id}/cancel", { params: { path } })).catch(
    (error: unknown) => {
      if (!(error instanceof ApiProblem && error.code === "job_finished")) throw error;
    },
  );
}
