import file from "@samples/lesson.yaml";
import portrait from "@samples/portrait.png";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api, call } from "@/client/api";
import { keys } from "@/client/keys";
import type { AssetRead } from "@/client/schema";

const { portrait: _file, consent, ...lesson } = file;
const sample = { lesson, consent: consent.portrait };
const PORTRAIT_NAME = "The drawn presenter";

/** Hands in the sample lesson, as anybody would: the portrait, whose it is, and the lesson. */
export function useMakeSample() {
  const queries = useQueryClient();
  return useMutation({
    meta: { showsErrors: true },
    mutationFn: async () => {
      const presenter = (await knownPortrait()) ?? (await uploadPortrait());
      return call(api.POST("/api/jobs", { body: { ...sample.lesson, portrait_id: presenter.id } }));
    },
    onSuccess: () => queries.invalidateQueries({ queryKey: keys.jobs() }),
  });
}

/** Where the sample was handed in before, or failed half-way. */
async function knownPortrait(): Promise<AssetRead | undefined> {
  const query = { kind: "portrait", status: "ready", q: PORTRAIT_NAME, consent: "valid" } as const;
  const { items } = await call(api.GET("/api/assets", { params: { query } }));
  return items[0];
}

async function uploadPortrait(): Promise<AssetRead> {
  const form = new FormData();
  form.set("kind", "portrait");
  form.set("name", PORTRAIT_NAME);
  form.set("file", await (await fetch(portrait)).blob(), "portrait.png");
  const asset = await call(
    // the form is what goes out; the description knows only its fields
    api.POST("/api/assets", { body: form as never, bodySerializer: (body) => body as never }),
  );
  const path = { asset_id: asset.id };
  await call(
    api.POST("/api/assets/{asset_id}/consent", { params: { path }, body: sample.consent }),
  );
  return asset;
}
