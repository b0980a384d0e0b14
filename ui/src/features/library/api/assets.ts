import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { api, call } from "@/client/api";
import { keys } from "@/client/keys";
import { asked, type Wanted } from "@/features/library/wanted";

const PAGE = 24;

/** What one has uploaded, a page at a time. While a search changes, what was found stays. */
export function useAssets(wanted: Wanted) {
  return useInfiniteQuery({
    queryKey: [...keys.assets(wanted), "pages"],
    queryFn: ({ pageParam, signal }) =>
      call(
        api.GET("/api/assets", {
          params: { query: { ...asked(wanted), cursor: pageParam, limit: PAGE } },
          signal,
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    // what is on another shelf is no place to wait in
    placeholderData: (known, query) =>
      query?.queryKey.some((part) => isOnShelf(part, wanted)) ? keepPreviousData(known) : undefined,
  });
}

function isOnShelf(part: unknown, { kind }: Wanted): boolean {
  return typeof part === "object" && part !== null && "kind" in part && part.kind === kind;
}
