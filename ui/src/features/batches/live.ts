import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { askAnew } from "@/client/ask-anew";
import { keys } from "@/client/keys";
import type { BatchCounts, BatchRead } from "@/client/schema";
import { useEvents, type Following } from "@/client/use-events";

/** Keeps a batch as things happen, until it is finished; once more when it goes on. */
export function useLiveBatch(batch: BatchRead): Following {
  const queries = useQueryClient();
  const [last, setLast] = useState<string>();
  const path = batch.finished_at === null ? `/api/batches/${batch.id}/events` : null;
  return useEvents(
    path,
    ({ event: kind, data, id }) => {
      if (id) setLast(id);
      if (kind === "counts") {
        const told = JSON.parse(data) as BatchCounts;
        queries.setQueryData<BatchRead>(
          keys.batch(batch.id),
          (known) => known && { ...known, ...told },
        );
      }
      if (kind === "finished") {
        queries.setQueryData(keys.batch(batch.id), JSON.parse(data) as BatchRead);
        void askAnew(queries, keys.batchItems(batch.id));
        void queries.invalidateQueries({ queryKey: keys.batches(), refetchType: "none" });
      }
    },
    last,
  );
}

/** How many of its lessons a batch has in all, and how many are over. */
export function howFar({ counts }: Pick<BatchRead, "counts">): { all: number; done: number } {
  const all = Object.values(counts).reduce((sum, count) => sum + count, 0);
  return { all, done: all - (counts.queued ?? 0) - (counts.running ?? 0) };
}
