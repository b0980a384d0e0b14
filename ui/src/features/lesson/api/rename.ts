import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api, call } from "@/client/api";
import { keys } from "@/client/keys";

/** Gives the lesson another title; files that are made keep the one they have. */
export function useRename(jobId: string) {
  const queries = useQueryClient();
  return useMutation({
    meta: { showsErrors: true },
    mutationFn: (title: string) =>
      call(
        api.PATCH("/api/jobs/{job_id}", { params: { path: { job_id: jobId } }, body: { title } }),
      ),
    onSuccess: (job) => {
      queries.setQueryData(keys.job(jobId), job);
      return queries.invalidateQueries({ queryKey: [...keys.jobs(), "list"] });
    },
  });
}
