import { useQuery } from "@tanstack/react-query";
import { api, call } from "@/client/api";
import { keys } from "@/client/keys";

/** What was made this month, and what is left of the quotas. */
export function useUsage() {
  return useQuery({
    queryKey: keys.usage,
    queryFn: ({ signal }) => call(api.GET("/api/usage", { signal })),
  });
}
