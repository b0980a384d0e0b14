import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api, call } from "@/client/api";
import { keys } from "@/client/keys";
import type { BatchRead } from "@/client/schema";

/** Cancels what of a batch is not finished. */
export function useCancelBatch(id: string) {
  const keep = useKeepBatch(id);
  return useMutation({
    mutationFn: () =>
      call(api.POST("/api/batches/{batch_id}/cancel", { params: { path: { batch_id: id } } })),
    onSuccess: keep,
  });
}

/** Goes on with the lessons of a batch that failed. */
export function useRetryBatch(id: string) {
  const keep = useKeepBatch(id);
  return useMutation({
    mutationFn: () =>
      call(api.POST("/api/batches/{batch_id}/retry", { params: { path: { batch_id: id } } })),
    onSuccess: keep,
  });
}

function useKeepBatch(id: string) {
  const queries = useQueryClient();
  return async (batch: BatchRead) => {
    queries.setQueryData(keys.batch(id), batch);
    await Promise.all([
      queries.invalidateQueries({ queryKey: keys.batchItems(id) }),
      queries.invalidateQueries({ queryKey: keys.batches(), refetchType: "none" }),
      queries.invalidateQueries({ queryKey: keys.jobs(), refetchType: "none" }),
    ]);
  };
}
