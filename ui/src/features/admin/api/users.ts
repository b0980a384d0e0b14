import {
  keepPreviousData,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
} from "@tanstack/react-query";
import { api, call } from "@/client/api";
import { newIdempotencyKey } from "@/client/idempotency";
import { keys } from "@/client/keys";
import type { UserChange } from "@/client/schema";
import { asked, type Wanted } from "@/features/admin/wanted";

const PAGE = 30;

export function useUsers(wanted: Wanted) {
  return useInfiniteQuery({
    queryKey: keys.users(wanted),
    queryFn: ({ pageParam, signal }) =>
      call(
        api.GET("/api/admin/users", {
          params: { query: { ...asked(wanted), cursor: pageParam, limit: PAGE } },
          signal,
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    placeholderData: keepPreviousData,
  });
}

export function useUser(id: string) {
  return useQuery({
    queryKey: keys.user(id),
    queryFn: ({ signal }) =>
      call(api.GET("/api/admin/users/{user_id}", { params: { path: { user_id: id } }, signal })),
  });
}

export function useUserUsage(id: string) {
  return useQuery({
    queryKey: [...keys.user(id), "usage"],
    queryFn: ({ signal }) =>
      call(
        api.GET("/api/admin/users/{user_id}/usage", { params: { path: { user_id: id } }, signal }),
      ),
  });
}

/** Changes role or quotas, disables or opens again. */
export function useChangeUser(id: string) {
  const queries = useQueryClient();
  return useMutation({
    meta: { showsErrors: true },
    mutationFn: (body: UserChange) =>
      call(api.PATCH("/api/admin/users/{user_id}", { params: { path: { user_id: id } }, body })),
    onSuccess: async (user) => {
      queries.setQueryData(keys.user(id), user);
      await queries.invalidateQueries({ queryKey: keys.users() });
    },
  });
}

/** A new password for somebody who forgot theirs; the only answer that holds it. */
export function useResetPassword(id: string) {
  return useMutation({
    meta: { showsErrors: true },
    mutationFn: () =>
      call(
        api.POST("/api/admin/users/{user_id}/password", {
          params: { path: { user_id: id }, header: { "Idempotency-Key": newIdempotencyKey() } },
        }),
      ),
  });
}
