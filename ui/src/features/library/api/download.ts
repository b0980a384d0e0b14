import { useQuery } from "@tanstack/react-query";
import { api, call } from "@/client/api";
import { keys } from "@/client/keys";
import type { AssetRead } from "@/client/schema";

/** Addresses of files work for 15 minutes. */
const ADDRESS_MILLISECONDS = 10 * 60_000;

/** Where a file can be seen, heard or taken away; one that was not taken has no such place. */
export function useAddress({ id, status }: AssetRead, wanted = true) {
  return useQuery({
    enabled: wanted && status === "ready",
    queryKey: [...keys.asset(id), "address"],
    queryFn: ({ signal }) =>
      call(
        api.GET("/api/assets/{asset_id}/download", {
          params: { path: { asset_id: id } },
          signal,
        }),
      ),
    staleTime: ADDRESS_MILLISECONDS,
    gcTime: ADDRESS_MILLISECONDS,
  });
}
