import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api, call } from "@/client/api";
import { keys } from "@/client/keys";
import { deleteDraft } from "@/features/new-lesson/api/drafts";
import type { Keeper } from "@/features/new-lesson/keeper";
import { specOf } from "@/features/new-lesson/plan";

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
