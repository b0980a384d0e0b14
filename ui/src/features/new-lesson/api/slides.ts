import { useMutation } from "@tanstack/react-query";
import { fetchSigned } from "@/client/api";
import { problemOf } from "@/client/problem";
import type { SlidesRead } from "@/client/schema";

interface SlidesAsk {
  file: File;
  /** False: the notes alone are read. */
  pictures: boolean;
}

/** Takes a presentation in: a scene for each slide. */
export function useSlides(onDone: (slides: SlidesRead) => void) {
  return useMutation({
    meta: { showsErrors: true },
    mutationFn: sendSlides,
    onSuccess: onDone,
  });
}

async function sendSlides({ file, pictures }: SlidesAsk): Promise<SlidesRead> {
  const body = new FormData();
  body.set("file", file, file.name);
  body.set("pictures", String(pictures));
  const address = new URL("/api/scripts/slides", location.origin);
  const response = await fetchSigned(new Request(address, { method: "POST", body }));
  if (!response.ok) throw await problemOf(response);
  return (await response.json()) as SlidesRead;
}
