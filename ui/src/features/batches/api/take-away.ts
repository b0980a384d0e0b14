import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { fetchSigned } from "@/client/api";
import { problemOf } from "@/client/problem";
import { saveFile } from "@/client/save-file";

/**
 * Downloads the files of a batch; `share` is how much of it is here, 0 to 1. A link would not be
 * signed, so the file is fetched; browsers keep what is large on disk, not in memory.
 */
export function useDownload() {
  const [share, setShare] = useState(0);
  const download = useMutation({
    mutationFn: async ({ path, name }: { path: string; name: string }) => {
      setShare(0);
      const response = await fetchSigned(new Request(new URL(path, location.origin)));
      if (!response.ok) throw await problemOf(response);
      saveFile(await measured(response, setShare).blob(), name);
    },
  });
  return { ...download, share };
}

export const manifestPath = (id: string) => `/api/batches/${id}/manifest.json`;

/** The zip with these files of each lesson. */
export function archivePath(id: string, files: readonly string[]): string {
  const asked = new URLSearchParams(files.map((file) => ["exports", file]));
  return `/api/batches/${id}/archive.zip?${asked}`;
}

function measured(response: Response, onShare: (share: number) => void): Response {
  const { headers } = response;
  const all = Number(headers.get("lectern-files-bytes") ?? headers.get("content-length") ?? 0);
  let come = 0;
  const counted = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, on) {
      come += chunk.byteLength;
      if (all > 0) onShare(Math.min(1, come / all));
      on.enqueue(chunk);
    },
  });
  return new Response(response.body?.pipeThrough(counted));
}
