import { useQuery } from "@tanstack/react-query";
import { api, call } from "@/client/api";
import { keys } from "@/client/keys";

const LOOK_AGAIN_MILLISECONDS = 5_000;

/** How much there is to do; looked at again by itself while the page is seen. */
export function useCapacity() {
  return useQuery({
    queryKey: keys.capacity,
    queryFn: ({ signal }) => call(api.GET("/api/admin/capacity", { signal })),
    refetchInterval: LOOK_AGAIN_MILLISECONDS,
  });
}
