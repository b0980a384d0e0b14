import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import * as z from "zod/mini";
import { api, call } from "@/client/api";
import { keys } from "@/client/keys";
import type { KeyAsk, Scope } from "@/client/schema";
import { text } from "@/text";

const words = text.settings.keys;
const DAY_MILLISECONDS = 86_400_000;

/** Days that a key works; null: until it is revoked. */
export const EXPIRIES = { never: null, month: 30, quarter: 90, year: 365 } as const;
export type Expiry = keyof typeof EXPIRIES;

export const keyForm = z.object({
  name: z.string().check(z.trim(), z.minLength(1, words.nameMissing), z.maxLength(200)),
  scopes: z.array(z.custom<Scope>()).check(z.minLength(1, words.scopesMissing)),
  expiry: z.custom<Expiry>(),
});
export type KeyForm = z.infer<typeof keyForm>;

export function useKeys() {
  return useInfiniteQuery({
    queryKey: keys.apiKeys,
    queryFn: ({ pageParam, signal }) =>
      call(
        api.GET("/api/keys", {
          params: { query: { usable: true, cursor: pageParam, limit: 50 } },
          signal,
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  });
}

export function useMakeKey() {
  const queries = useQueryClient();
  return useMutation({
    meta: { showsErrors: true },
    mutationFn: (form: KeyForm) => call(api.POST("/api/keys", { body: asked(form) })),
    onSuccess: () => queries.invalidateQueries({ queryKey: keys.apiKeys }),
  });
}

export function useRevokeKey() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (id: string) =>
      call(api.DELETE("/api/keys/{key_id}", { params: { path: { key_id: id } } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: keys.apiKeys }),
  });
}

function asked({ name, scopes, expiry }: KeyForm): KeyAsk {
  const days = EXPIRIES[expiry];
  const until = days === null ? null : new Date(Date.now() + days * DAY_MILLISECONDS);
  return { name, scopes, expires_at: until?.toISOString() ?? null };
}
