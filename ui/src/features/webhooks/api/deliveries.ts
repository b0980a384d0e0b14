import {
  keepPreviousData,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
} from "@tanstack/react-query";
import { api, call } from "@/client/api";
import { keys } from "@/client/keys";
import type { DeliveryStatus } from "@/client/schema";

const PAGE = 20;
const LOOK_AGAIN_MILLISECONDS = 2_000;

/** What was sent to a webhook; looked at again while something is on its way. */
export function useDeliveries(webhookId: string, status: DeliveryStatus | null) {
  return useInfiniteQuery({
    queryKey: [...keys.deliveries(webhookId), status],
    queryFn: ({ pageParam, signal }) =>
      call(
        api.GET("/api/webhooks/{webhook_id}/deliveries", {
          params: {
            path: { webhook_id: webhookId },
            query: { status, cursor: pageParam, limit: PAGE },
          },
          signal,
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) => {
      const shown = state.data?.pages.flatMap(({ items }) => items) ?? [];
      return shown.some((each) => each.status === "pending") ? LOOK_AGAIN_MILLISECONDS : false;
    },
  });
}

/** One delivery with what is sent. */
export function useDelivery(webhookId: string, id: string, enabled: boolean) {
  return useQuery({
    enabled,
    queryKey: [...keys.deliveries(webhookId), "one", id],
    queryFn: ({ signal }) =>
      call(
        api.GET("/api/webhooks/{webhook_id}/deliveries/{delivery_id}", {
          params: { path: { webhook_id: webhookId, delivery_id: id } },
          signal,
        }),
      ),
    staleTime: Infinity,
  });
}

export function useRedeliver(webhookId: string, id: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: () =>
      call(
        api.POST("/api/webhooks/{webhook_id}/deliveries/{delivery_id}/redeliver", {
          params: { path: { webhook_id: webhookId, delivery_id: id } },
        }),
      ),
    onSuccess: () => queries.invalidateQueries({ queryKey: keys.deliveries(webhookId) }),
  });
}
