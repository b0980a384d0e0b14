import { useInfiniteQuery } from "@tanstack/react-query";
import { api, call } from "@/client/api";
import { keys } from "@/client/keys";
import type { AssetKind } from "@/client/schema";

/** One's own portraits or voices that can be used, newest first. */
export function useReadyAssets(kind: AssetKind) {
  const filter = { kind, status: "ready", limit: 24 } as const;
  return useInfiniteQuery({
    queryKey: [...keys.assets(filter), "pages"],
    queryFn: ({ pageParam, signal }) =>
      call(api.GET("/api/assets", { params: { query: { ...filter, cursor: pageParam } }, signal })),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  });
}
