import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { api, call } from "@/client/api";
import { Unreachable } from "@/client/problem";
import { saveFile } from "@/client/save-file";
import type { ExportRead, JobSummary } from "@/client/schema";
import { fileNamed } from "@/features/lessons/file-name";

/** Saves the films of several lessons, one after the other; `done` is how many are here. */
export function useDownloadAll() {
  const [done, setDone] = useState(0);
  const download = useMutation({
    mutationFn: async (jobs: readonly JobSummary[]) => {
      for (const [index, job] of jobs.entries()) {
        setDone(index);
        await saveFilm(job);
      }
    },
  });
  return { ...download, done };
}

async function saveFilm(job: JobSummary): Promise<void> {
  const name = job.preview ? "speech.webm" : "lesson.mp4";
  const found = await call(
    api.GET("/api/jobs/{job_id}/exports/{name}", { params: { path: { job_id: job.id, name } } }),
  );
  saveFile(await contentOf(found), fileNamed(job.title, name));
}

/** Browsers keep what is large on disk, not in memory. */
async function contentOf({ address }: ExportRead): Promise<Blob> {
  const answer = await fetch(address).catch(() => null);
  if (!answer?.ok) throw new Unreachable();
  return answer.blob();
}
