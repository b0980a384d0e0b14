import { useQuery } from "@tanstack/react-query";
import { keys } from "@/client/keys";
import { Unreachable } from "@/client/problem";
import type { AssetRead } from "@/client/schema";
import { useAddress } from "@/features/library/api/download";

/** What stands in a script. */
export function useScriptText(asset: AssetRead) {
  const address = useAddress(asset);
  const place = address.data?.address;
  const read = useQuery({
    enabled: place !== undefined,
    queryKey: [...keys.asset(asset.id), "text"],
    queryFn: ({ signal }) => readText(place ?? "", signal),
    staleTime: Infinity,
  });
  return { data: read.data, error: address.error ?? read.error };
}

async function readText(address: string, signal: AbortSignal): Promise<string> {
  // the storage knows no session: the address itself is what opens it
  const answer = await fetch(address, { signal }).catch(() => null);
  if (!answer?.ok) throw new Unreachable();
  return answer.text();
}
