import { queryOptions, useQuery, useQueryClient, type QueryClient } from "@tanstack/react-query";
import { api, call } from "@/client/api";
import { keys } from "@/client/keys";
import type { UserRead } from "@/client/schema";

export const meQuery = queryOptions({
  queryKey: keys.me,
  queryFn: ({ signal }) => call(api.GET("/api/auth/me", { signal })),
  staleTime: Infinity,
});

/** Who is signed in; undefined until that is known. */
export function useMe(): UserRead | undefined {
  return useQuery(meQuery).data;
}

export function useKeepMe(): (me: UserRead) => void {
  const client: QueryClient = useQueryClient();
  return (me) => client.setQueryData(keys.me, me);
}
