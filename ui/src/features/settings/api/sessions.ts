import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { api, call, session } from "@/client/api";
import { keys } from "@/client/keys";

export function useSessions() {
  return useInfiniteQuery({
    queryKey: keys.sessions,
    queryFn: ({ pageParam, signal }) =>
      call(
        api.GET("/api/auth/sessions", {
          params: { query: { cursor: pageParam, limit: 20 } },
          signal,
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  });
}

export function useEndSession() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (id: string) =>
      call(api.DELETE("/api/auth/sessions/{session_id}", { params: { path: { session_id: id } } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: keys.sessions }),
  });
}

export function useEndAllSessions() {
  return useMutation({
    mutationFn: () => call(api.POST("/api/auth/logout-all")),
    onMutate: () => {
      session.leave();
    },
    onSuccess: () => {
      session.close();
    },
    onError: () => {
      session.stay();
    },
  });
}
