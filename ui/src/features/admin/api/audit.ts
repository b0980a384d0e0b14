import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { api, call } from "@/client/api";
import { keys } from "@/client/keys";
import { askedOf, type AuditWanted } from "@/features/admin/audit-wanted";

const PAGE = 50;

export function useAudit(wanted: AuditWanted) {
  return useInfiniteQuery({
    queryKey: keys.audit(wanted),
    queryFn: ({ pageParam, signal }) =>
      call(
        api.GET("/api/admin/audit", {
          params: { query: { ...askedOf(wanted), cursor: pageParam, limit: PAGE } },
          signal,
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    placeholderData: keepPreviousData,
  });
}
