import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import type { SlidesRead } from "@/client/schema";
import { postForm } from "@/client/send-file";

interface SlidesAsk {
  file: File;
  /** False: the notes alone are read. */
  pictures: boolean;
}

/**
 * Takes a presentation in: a scene for each slide. `share` is how much of it is on its way, 0 to 1;
 * from then on it is read and drawn, which may take minutes.
 */
export function useSlides(onDone: (slides: SlidesRead) => void) {
  const [share, setShare] = useState(0);
  const slides = useMutation({
    meta: { showsErrors: true },
    mutationFn: (ask: SlidesAsk) => {
      setShare(0);
      return sendSlides(ask, setShare);
    },
    onSuccess: onDone,
  });
  return { ...slides, share };
}

async function sendSlides(
  { file, pictures }: SlidesAsk,
  onShare: (share: number) => void,
): Promise<SlidesRead> {
  const body = new FormData();
  body.set("file", file, file.name);
  body.set("pictures", String(pictures));
  const response = await postForm("/api/scripts/slides", body, onShare);
  return (await response.json()) as SlidesRead;
}
