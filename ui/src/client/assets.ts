import { useQuery } from "@tanstack/react-query";
import { api, call } from "@/client/api";
import { keys } from "@/client/keys";

/** Addresses of files work for 15 minutes. */
const ADDRESS_MILLISECONDS = 10 * 60_000;

const pathOf = (id: string | null) => ({ params: { path: { asset_id: id ?? "" } } });

/** A file of one's own; nothing is asked for where there is no id. */
export function useAsset(id: string | null) {
  return useQuery({
    enabled: id !== null,
    queryKey: keys.asset(id ?? ""),
    queryFn: ({ signal }) => call(api.GET("/api/assets/{asset_id}", { ...pathOf(id), signal })),
  });
}

/** Where a file of one's own can be seen, heard or taken away. */
export function useAssetAddress(id: string | null) {
  return useQuery({
    enabled: id !== null,
    queryKey: [...keys.asset(id ?? ""), "address"],
    queryFn: ({ signal }) =>
      call(api.GET("/api/assets/{asset_id}/download", { ...pathOf(id), signal })),
    staleTime: ADDRESS_MILLISECONDS,
    gcTime: ADDRESS_MILLISECONDS,
  });
}
