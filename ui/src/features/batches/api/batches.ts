import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { api, call } from "@/client/api";
import { keys } from "@/client/keys";
import { asked, type Wanted } from "@/features/batches/wanted";

const PAGE = 24;
const LOOK_AGAIN_MILLISECONDS = 5_000;

export function useBatches(wanted: Wanted) {
  return useInfiniteQuery({
    queryKey: keys.batches(wanted),
    queryFn: ({ pageParam, signal }) =>
      call(
        api.GET("/api/batches", {
          params: { query: { ...asked(wanted), cursor: pageParam, limit: PAGE } },
          signal,
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) => {
      const shown = state.data?.pages.flatMap(({ items }) => items) ?? [];
      return shown.some((batch) => batch.finished_at === null) ? LOOK_AGAIN_MILLISECONDS : false;
    },
  });
}

export function useBatch(id: string) {
  return useQuery({
    queryKey: keys.batch(id),
    queryFn: ({ signal }) =>
      call(api.GET("/api/batches/{batch_id}", { params: { path: { batch_id: id } }, signal })),
  });
}
