import { useQuery } from "@tanstack/react-query";
import { api, call } from "@/client/api";
import { keys } from "@/client/keys";

const LOOK_AGAIN_MILLISECONDS = 5_000;

/** How far the batch is that a list shows the lessons of. Below the lists: what renews them does it. */
export function useBatch(id: string) {
  return useQuery({
    queryKey: [...keys.jobs(), "batch", id],
    queryFn: ({ signal }) =>
      call(api.GET("/api/batches/{batch_id}", { params: { path: { batch_id: id } }, signal })),
    refetchInterval: ({ state }) =>
      state.data?.finished_at === null ? LOOK_AGAIN_MILLISECONDS : false,
  });
}
