import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, call } from "@/client/api";
import { keys } from "@/client/keys";
import { ApiProblem } from "@/client/problem";
import type { EmbedRead } from "@/client/schema";

const embedKey = (jobId: string) => [...keys.job(jobId), "embed"] as const;
const pathOf = (jobId: string) => ({ params: { path: { job_id: jobId } } });

/** The address at which anybody may watch the lesson; null where there is none. */
export function useEmbed(jobId: string) {
  return useQuery({
    queryKey: embedKey(jobId),
    queryFn: ({ signal }): Promise<EmbedRead | null> =>
      call(api.GET("/api/jobs/{job_id}/embed", { ...pathOf(jobId), signal })).catch(noneYet),
  });
}

/** Makes the address; where there is one, it is kept, and only shown on other sites. */
export function useMakeEmbed(jobId: string) {
  const queries = useQueryClient();
  return useMutation({
    meta: { showsErrors: true },
    mutationFn: (origins: string[]) =>
      call(api.POST("/api/jobs/{job_id}/embed", { ...pathOf(jobId), body: { origins } })),
    onSuccess: (embed) => queries.setQueryData(embedKey(jobId), embed),
  });
}

/** Takes the address back, also from players that are open. */
export function useRevokeEmbed(jobId: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: () => call(api.DELETE("/api/jobs/{job_id}/embed", pathOf(jobId))),
    onSuccess: () => queries.setQueryData(embedKey(jobId), null),
  });
}

function noneYet(error: unknown): null {
  if (error instanceof ApiProblem && error.code === "embed_not_found") return null;
  throw error;
}
