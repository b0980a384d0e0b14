import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { api, call } from "@/client/api";
import { keys } from "@/client/keys";
import type { JobStatus } from "@/client/schema";

const PAGE = 50;
const LOOK_AGAIN_MILLISECONDS = 3_000;

/** The lessons of a batch in the order of their rows; looked at again while they are `made`. */
export function useItems(batchId: string, status: JobStatus | null, made: boolean) {
  return useInfiniteQuery({
    queryKey: [...keys.batchItems(batchId), status],
    queryFn: ({ pageParam, signal }) =>
      call(
        api.GET("/api/batches/{batch_id}/items", {
          params: {
            path: { batch_id: batchId },
            query: { status: status ? [status] : [], cursor: pageParam, limit: PAGE },
          },
          signal,
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    placeholderData: keepPreviousData,
    refetchInterval: made ? LOOK_AGAIN_MILLISECONDS : false,
  });
}
