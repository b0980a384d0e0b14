import {
  infiniteQueryOptions,
  keepPreviousData,
  useInfiniteQuery,
  useQueryClient,
} from "@tanstack/react-query";
import { api, call } from "@/client/api";
import { askAnew } from "@/client/ask-anew";
import { ENDS, readEvent, summaryAfterEvent } from "@/client/job-events";
import { keys } from "@/client/keys";
import type { OwnEventRead } from "@/client/schema";
import { useEvents } from "@/client/use-events";
import { asked, type Wanted } from "@/features/lessons/wanted";

const PAGE = 24;

export const jobsQuery = (wanted: Wanted) =>
  infiniteQueryOptions({
    queryKey: [...keys.jobs(wanted), "pages"],
    queryFn: ({ pageParam, signal }) =>
      call(
        api.GET("/api/jobs", {
          params: { query: { ...asked(wanted), cursor: pageParam, limit: PAGE } },
          signal,
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  });

export function useJobs(wanted: Wanted) {
  return useInfiniteQuery({ ...jobsQuery(wanted), placeholderData: keepPreviousData });
}

/** Keeps the list as things happen. */
export function useLiveJobs(wanted: Wanted) {
  const queries = useQueryClient();
  return useEvents("/api/events", ({ event: kind, data }) => {
    const event = readEvent(data) as OwnEventRead;
    queries.setQueryData(
      jobsQuery(wanted).queryKey,
      (known) =>
        known && {
          ...known,
          pages: known.pages.map((page) => ({
            ...page,
            items: page.items.map((job) =>
              job.id === event.job_id ? summaryAfterEvent(job, event) : job,
            ),
          })),
        },
    );
    if (kind === "opened" || kind === "job.queued" || ENDS.has(kind ?? ""))
      void askAnew(queries, keys.jobs());
  });
}
