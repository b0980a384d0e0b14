import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, call } from "@/client/api";
import { keys } from "@/client/keys";
import { deleteDraft } from "@/features/new-lesson/api/drafts";
import type { Keeper } from "@/features/new-lesson/keeper";
import { specOf, type Plan } from "@/features/new-lesson/plan";

/** How long the lesson would take to be made, were it handed in now; only where nothing is missing. */
export function useOutlook(plan: Plan, complete: boolean) {
  const body = specOf(plan);
  return useQuery({
    enabled: complete,
    queryKey: ["outlook", body],
    queryFn: ({ signal }) => call(api.POST("/api/jobs/estimate", { body, signal })),
    placeholderData: keepPreviousData,
    refetchInterval: 30_000,
  });
}

/** Has the lesson made. Its draft has then done its work. */
export function useMakeLesson(keeper: Keeper) {
  const queries = useQueryClient();
  return useMutation({
    meta: { showsErrors: true },
    mutationFn: async () => {
      await keeper.keep();
      // the same wish is the same lesson, also after a reload
      const header = { "Idempotency-Key": `${keeper.id}-${keeper.version ?? "any"}` };
      const body = specOf(keeper.snapshot().plan);
      const job = await call(api.POST("/api/jobs", { params: { header }, body }));
      await deleteDraft(keeper.id).catch(() => undefined);
      return job;
    },
    onSuccess: () =>
      Promise.all([
        queries.invalidateQueries({ queryKey: keys.jobs(), refetchType: "none" }),
        queries.invalidateQueries({ queryKey: keys.drafts(), refetchType: "none" }),
      ]),
  });
}
