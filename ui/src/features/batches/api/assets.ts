import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { api, call } from "@/client/api";
import { keys } from "@/client/keys";
import type { AssetKind } from "@/client/schema";

/** Addresses of files work for 15 minutes. */
const ADDRESS_MILLISECONDS = 10 * 60_000;

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

/** Where a file of one's own can be seen. */
export function useAssetAddress(id: string) {
  return useQuery({
    queryKey: [...keys.asset(id), "address"],
    queryFn: ({ signal }) =>
      call(
        api.GET("/api/assets/{asset_id}/download", { params: { path: { asset_id: id } }, signal }),
      ),
    staleTime: ADDRESS_MILLISECONDS,
    gcTime: ADDRESS_MILLISECONDS,
  });
}
