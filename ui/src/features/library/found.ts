import { z } from "zod/mini";

const sizes = z.object({
  width: z.number(),
  height: z.number(),
  uploaded_width: z.optional(z.number()),
  uploaded_height: z.optional(z.number()),
});

/** What the check of an upload found, by its kind; `serve/uploads.py` writes it. */
export const found = {
  portrait: z.extend(sizes, {
    face: z.object({ roll_degrees: z.number(), sharpness: z.number() }),
  }),
  voice: z.object({
    seconds: z.number(),
    speech_seconds: z.number(),
    loudness_lufs: z.number(),
  }),
  slide: sizes,
  script: z.object({ characters: z.number(), scenes: z.number(), seconds: z.number() }),
};

export type Sizes = z.infer<typeof sizes>;
