import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, call } from "@/client/api";
import { keys } from "@/client/keys";
import type { DraftRead } from "@/client/schema";
import { Keeper, type Replace } from "@/features/new-lesson/keeper";
import { text } from "@/text";

const keepers = new Map<string, Keeper>();

export function useDrafts() {
  return useQuery({
    queryKey: keys.drafts(),
    queryFn: ({ signal }) =>
      call(api.GET("/api/drafts", { params: { query: { limit: 20 } }, signal })),
  });
}

export function useCreateDraft() {
  const queries = useQueryClient();
  return useMutation({
    meta: { showsErrors: true },
    mutationFn: createDraft,
    onSuccess: () => queries.invalidateQueries({ queryKey: keys.drafts() }),
  });
}

/** A draft to go on with: as it was left here, if something of it is not on the server yet. */
export function useKeeper(id: string) {
  return useQuery({
    queryKey: keys.draft(id),
    queryFn: async ({ signal }) => {
      const path = { draft_id: id };
      return keeperOf(await call(api.GET("/api/drafts/{draft_id}", { params: { path }, signal })));
    },
    gcTime: 0,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  });
}

export function createDraft(): Promise<DraftRead> {
  const body = { title: text.newLesson.untitled, content: {} };
  return call(api.POST("/api/drafts", { body }));
}

export async function deleteDraft(id: string): Promise<void> {
  keepers.get(id)?.close();
  keepers.delete(id);
  const path = { draft_id: id };
  await call(api.DELETE("/api/drafts/{draft_id}", { params: { path }, keepalive: true }));
}

/** Forgets what is here, so that the draft is read anew. */
export function forgetKeeper(id: string): void {
  keepers.get(id)?.close();
  keepers.delete(id);
}

function keeperOf(draft: DraftRead): Keeper {
  const known = keepers.get(draft.id);
  if (known?.isAsNewAs(draft)) return known;
  const keeper = new Keeper(draft, replaceDraft, text.newLesson.untitled);
  keepers.set(draft.id, keeper);
  return keeper;
}

const replaceDraft: Replace = (id, version, body) =>
  call(
    api.PUT("/api/drafts/{draft_id}", {
      params: {
        path: { draft_id: id },
        header: { "if-match": version === null ? "*" : `"${version}"` },
      },
      body,
    }),
  );
