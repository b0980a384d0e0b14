import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import * as z from "zod/mini";
import { api, call } from "@/client/api";
import { newIdempotencyKey } from "@/client/idempotency";
import { keys } from "@/client/keys";
import { ApiProblem } from "@/client/problem";
import type { WebhookAsk, WebhookChange } from "@/client/schema";
import { webhooks as words } from "@/text/webhooks";

export type Kind = WebhookAsk["kinds"][number];

export const webhookForm = z.object({
  url: z.string().check(z.trim(), z.minLength(1, words.urlMissing), z.maxLength(2_000)),
  kinds: z.array(z.custom<Kind>()).check(z.minLength(1, words.kindsMissing)),
  description: z.string().check(z.trim(), z.maxLength(500)),
});
export type WebhookForm = z.infer<typeof webhookForm>;

export function useWebhooks() {
  return useInfiniteQuery({
    queryKey: [...keys.webhooks, "list"],
    queryFn: ({ pageParam, signal }) =>
      call(
        api.GET("/api/webhooks", { params: { query: { cursor: pageParam, limit: 20 } }, signal }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  });
}

export function useWebhook(id: string) {
  return useQuery({
    queryKey: keys.webhook(id),
    queryFn: ({ signal }) =>
      call(api.GET("/api/webhooks/{webhook_id}", { params: { path: { webhook_id: id } }, signal })),
  });
}

export function useMakeWebhook() {
  const refresh = useRefresh();
  return useMutation({
    meta: { showsErrors: true },
    mutationFn: (body: WebhookForm) => call(api.POST("/api/webhooks", { body })),
    onSuccess: refresh,
  });
}

/** Changes it; a form shows the errors, a button does not. */
export function useChangeWebhook(id: string, { inForm }: { inForm: boolean }) {
  const refresh = useRefresh();
  return useMutation({
    meta: { showsErrors: inForm },
    mutationFn: (body: WebhookChange) =>
      call(api.PATCH("/api/webhooks/{webhook_id}", { params: { path: { webhook_id: id } }, body })),
    onSuccess: refresh,
  });
}

/** Makes a new secret; the old one signs too for so many hours. */
export function useRotateSecret(id: string) {
  const refresh = useRefresh();
  return useMutation({
    meta: { showsErrors: true },
    mutationFn: (hours: number) =>
      call(
        api.POST("/api/webhooks/{webhook_id}/rotate", {
          params: {
            path: { webhook_id: id },
            header: { "Idempotency-Key": newIdempotencyKey() },
          },
          body: { overlap_hours: hours },
        }),
      ),
    onSuccess: refresh,
  });
}

export function useTestWebhook(id: string) {
  const refresh = useRefresh();
  return useMutation({
    mutationFn: () =>
      call(api.POST("/api/webhooks/{webhook_id}/test", { params: { path: { webhook_id: id } } })),
    onSuccess: refresh,
  });
}

/** Deletes it; one that is gone already is what was wanted. */
export async function deleteWebhook(id: string): Promise<void> {
  const path = { webhook_id: id };
  // kept alive: it may be the last thing that the page does
  await call(api.DELETE("/api/webhooks/{webhook_id}", { params: { path }, keepalive: true })).catch(
    (error: unknown) => {
      if (!(error instanceof ApiProblem && error.status === 404)) throw error;
    },
  );
}

function useRefresh() {
  const queries = useQueryClient();
  return () => queries.invalidateQueries({ queryKey: keys.webhooks });
}
