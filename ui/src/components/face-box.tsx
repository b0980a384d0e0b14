import { z } from "zod/mini";

const portrait = z.object({
  width: z.number().check(z.positive()),
  height: z.number().check(z.positive()),
  face: z.object({ box: z.tuple([z.number(), z.number(), z.number(), z.number()]) }),
});

/** Marks the face that was found, over a picture that fills its frame; `details` of a portrait. */
export function FaceBox({ details }: { details: unknown }) {
  const { data } = portrait.safeParse(details);
  if (!data) return null;
  const { width, height, face } = data;
  const [left, top, right, bottom] = face.box;
  const share = (part: number, whole: number) => `${(100 * part) / whole}%`;
  return (
    <span
      aria-hidden
      className="absolute rounded-small border-2 border-stage-ink shadow-high outline-1 outline-stage-veil"
      style={{
        left: share(left, width),
        top: share(top, height),
        width: share(right - left, width),
        height: share(bottom - top, height),
      }}
    />
  );
}
