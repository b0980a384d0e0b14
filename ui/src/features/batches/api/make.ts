import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRef } from "react";
import { api, call } from "@/client/api";
import { newIdempotencyKey } from "@/client/idempotency";
import { keys } from "@/client/keys";
import { ApiProblem } from "@/client/problem";
import type { BatchAsk } from "@/client/schema";

interface Sent {
  written: string;
  key: string;
}

/** Hands a batch in. The same batch sent again because no answer came is still one batch. */
export function useMakeBatch() {
  const queries = useQueryClient();
  const unanswered = useRef<Sent | null>(null);
  return useMutation({
    meta: { showsErrors: true },
    mutationFn: (body: BatchAsk) => {
      const written = JSON.stringify(body);
      if (unanswered.current?.written !== written)
        unanswered.current = { written, key: newIdempotencyKey() };
      const header = { "Idempotency-Key": unanswered.current.key };
      return call(api.POST("/api/batches", { params: { header }, body }));
    },
    onError: (error) => {
      if (error instanceof ApiProblem && !error.passing) unanswered.current = null;
    },
    onSuccess: (batch) => {
      queries.setQueryData(keys.batch(batch.id), batch);
      return queries.invalidateQueries({ queryKey: keys.jobs(), refetchType: "none" });
    },
  });
}

/** What a mutation of this kind failed with, where it is about the rows. */
export function rowsRefused(error: unknown): ApiProblem | null {
  return error instanceof ApiProblem && error.code === "batch_refused" ? error : null;
}
