import { useMutation } from "@tanstack/react-query";
import { api, call } from "@/client/api";
import { ApiProblem } from "@/client/problem";
import type { JobRead } from "@/client/schema";
import { spokenOf, type Plan } from "@/features/new-lesson/plan";
import { text } from "@/text";

const LOOK_MILLISECONDS = 600;
const PATIENCE_MILLISECONDS = 180_000;
const SOUND = "speech.webm";
const words = text.newLesson.hear;

/**
 * Has words spoken as the lesson would: by an audio preview, a job that is deleted once its sound is
 * here. Gives an address of the sound in this page.
 */
export function useHear() {
  return useMutation({
    meta: { showsErrors: true },
    mutationFn: async ({ plan, narration }: { plan: Plan; narration: string }) => {
      const spec = {
        ...spokenOf(plan),
        title: words.job,
        scenes: [{ narration: narration.trim() }],
        preview: "audio" as const,
      };
      const { id } = await call(api.POST("/api/jobs", { body: spec }));
      return soundOf(id).finally(() => forget(id));
    },
  });
}

async function soundOf(id: string): Promise<string> {
  const job = await ended(id);
  if (job.status !== "succeeded") throw new ApiProblem(422, job.error ?? { detail: words.stopped });
  const files = await call(
    api.GET("/api/jobs/{job_id}/exports", { params: { path: { job_id: id } } }),
  );
  const file = files.find(({ name }) => name === SOUND);
  const sound = await fetch(file?.address ?? "");
  return URL.createObjectURL(await sound.blob());
}

async function ended(id: string): Promise<JobRead> {
  const until = Date.now() + PATIENCE_MILLISECONDS;
  while (Date.now() < until) {
    const job = await call(api.GET("/api/jobs/{job_id}", { params: { path: { job_id: id } } }));
    if (job.status !== "queued" && job.status !== "running") return job;
    await new Promise((resolve) => setTimeout(resolve, LOOK_MILLISECONDS));
  }
  throw new ApiProblem(504, { detail: words.long });
}

/** It was a means; nobody looks for it among their lessons. */
async function forget(id: string): Promise<void> {
  const path = { job_id: id };
  await call(api.DELETE("/api/jobs/{job_id}", { params: { path } })).catch(() => undefined);
}
