import { useAssetAddress } from "@/client/assets";
import type { AssetRead } from "@/client/schema";

/** Where a file can be seen, heard or taken away; one that was not taken has no such place. */
export function useAddress({ id, status }: AssetRead, wanted = true) {
  return useAssetAddress(wanted && status === "ready" ? id : null);
}
