import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, call } from "@/client/api";
import { keys } from "@/client/keys";
import type { JobRead, RemakePlan, RemakeRead, SpecPatch } from "@/client/schema";

const MERGE_PATCH = { "Content-Type": "application/merge-patch+json" };

/** What a change would have made anew. */
export function useRemakePlan(jobId: string, patch: SpecPatch, enabled: boolean) {
  return useQuery({
    enabled,
    queryKey: [...keys.job(jobId), "plan", patch],
    queryFn: ({ signal }) => remake(jobId, patch, { dryRun: true, signal }) as Promise<RemakePlan>,
    placeholderData: keepPreviousData,
    staleTime: 60_000,
  });
}

/** A new lesson from this one, with what is changed; the old one stays. */
export function useRemake(jobId: string) {
  const queries = useQueryClient();
  return useMutation({
    meta: { showsErrors: true },
    mutationFn: (asked: { patch: SpecPatch; idempotencyKey: string }) =>
      remake(jobId, asked.patch, asked) as Promise<RemakeRead>,
    onSuccess: (job) => {
      queries.setQueryData<JobRead>(keys.job(job.id), job);
      return queries.invalidateQueries({ queryKey: keys.jobs(), refetchType: "none" });
    },
  });
}

function remake(
  jobId: string,
  patch: SpecPatch,
  {
    dryRun,
    idempotencyKey,
    signal,
  }: { dryRun?: boolean; idempotencyKey?: string; signal?: AbortSignal },
) {
  const query = dryRun ? { dry_run: true } : {};
  const header = idempotencyKey ? { "Idempotency-Key": idempotencyKey } : {};
  return call(
    api.POST("/api/jobs/{job_id}/remake", {
      params: { path: { job_id: jobId }, query, header },
      headers: MERGE_PATCH,
      body: patch,
      signal,
    }),
  );
}
