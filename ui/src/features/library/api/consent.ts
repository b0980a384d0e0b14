import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, call } from "@/client/api";
import { keys } from "@/client/keys";
import type { ConsentAsk, ConsentEnded } from "@/client/schema";
import { consentsKey, renewAsset } from "@/features/library/api/renew";

const pathOf = (id: string) => ({ params: { path: { asset_id: id } } });

/** Every consent that was ever recorded for a file, oldest first. */
export function useConsents(id: string) {
  return useQuery({
    queryKey: consentsKey(id),
    queryFn: ({ signal }) =>
      call(api.GET("/api/assets/{asset_id}/consent", { ...pathOf(id), signal })),
  });
}

/** Records who has agreed to what, in place of what was recorded before. */
export function useRecordConsent(id: string) {
  const queries = useQueryClient();
  return useMutation({
    meta: { showsErrors: true },
    mutationFn: (body: ConsentAsk) =>
      call(api.POST("/api/assets/{asset_id}/consent", { ...pathOf(id), body })),
    onSuccess: () => renewAsset(queries, id),
  });
}

/** Takes it back: no lesson uses the file from then on. `onEnded` is told what that has ended. */
export function useRevokeConsent(id: string, onEnded: (ended: ConsentEnded) => void) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: () => call(api.DELETE("/api/assets/{asset_id}/consent", pathOf(id))),
    // here, for whoever asked is gone once the file is known to have no consent
    onSuccess: onEnded,
    onSettled: () =>
      Promise.all([
        renewAsset(queries, id),
        // what was being made with it has stopped
        queries.invalidateQueries({ queryKey: keys.jobs() }),
      ]),
  });
}
