import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { api, call } from "@/client/api";
import { keys } from "@/client/keys";

const PAGE = 30;

export function useUnprovedConsents() {
  return useInfiniteQuery({
    queryKey: keys.unprovedConsents,
    queryFn: ({ pageParam, signal }) =>
      call(
        api.GET("/api/admin/consents", {
          params: { query: { cursor: pageParam, limit: PAGE } },
          signal,
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  });
}

/** The address of what was spoken. That it was asked for is written to the audit. */
export function useRecording(consentId: string) {
  return useMutation({
    meta: { showsErrors: true },
    mutationFn: () =>
      call(
        api.GET("/api/admin/consents/{consent_id}/recording", {
          params: { path: { consent_id: consentId } },
        }),
      ),
  });
}

export function useVouch(consentId: string, onProved: () => void) {
  const queries = useQueryClient();
  return useMutation({
    meta: { showsErrors: true },
    mutationFn: () =>
      call(
        api.POST("/api/admin/consents/{consent_id}/verify", {
          params: { path: { consent_id: consentId } },
        }),
      ),
    // here, not with the press: the row it came from is gone by then
    onSuccess: async () => {
      onProved();
      await queries.invalidateQueries({ queryKey: keys.unprovedConsents });
    },
  });
}
