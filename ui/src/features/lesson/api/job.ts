import { queryOptions, useQuery } from "@tanstack/react-query";
import { api, call } from "@/client/api";
import { keys } from "@/client/keys";
import type { JobRead } from "@/client/schema";
import { isOver } from "@/features/lesson/making";

/** Events tell how far it is; how long it will take is asked for. */
const LOOK_AGAIN_MILLISECONDS = 5_000;

export const jobQuery = (id: string) =>
  queryOptions({
    queryKey: keys.job(id),
    queryFn: ({ signal }) =>
      call(api.GET("/api/jobs/{job_id}", { params: { path: { job_id: id } }, signal })),
    structuralSharing: (known, read) => newest(known as JobRead | undefined, read as JobRead),
  });

export function useJob(id: string) {
  return useQuery({
    ...jobQuery(id),
    refetchInterval: ({ state }) =>
      state.data && !isOver(state.data) ? LOOK_AGAIN_MILLISECONDS : false,
  });
}

/** Events may have come while the job was read: what they told is not forgotten. */
export function newest(known: JobRead | undefined, read: JobRead): JobRead {
  if (!known || read.last_event >= known.last_event) return read;
  return isOver(known) ? known : { ...known, seconds_left: read.seconds_left };
}
