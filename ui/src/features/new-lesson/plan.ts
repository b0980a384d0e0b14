import { z } from "zod";
import type { LessonSpec, SceneSpec } from "@/client/schema";

export const STEPS = ["presenter", "voice", "script", "look", "review"] as const;
export type Step = (typeof STEPS)[number];

export const EXPORTS = [
  "lesson.mp4",
  "speech.webm",
  "captions.vtt",
  "captions.srt",
  "transcript.txt",
  "poster.jpg",
  "scorm12.zip",
] as const;
export type ExportName = (typeof EXPORTS)[number];

const scene = z.object({
  key: z.string(),
  title: z.string(),
  narration: z.string(),
  slideId: z.string().nullable().catch(null),
});
export type PlannedScene = z.infer<typeof scene>;

const look = z.object({
  aspect: z.enum(["1:1", "16:9", "9:16"]).catch("16:9"),
  resolution: z.enum(["512", "720p", "1080p"]).catch("720p"),
  background: z.string().catch("#f4f1ea"),
  layout: z.enum(["presenter", "presenter+slide", "slide"]).catch("presenter"),
  motion: z.enum(["0", "0.5", "1", "1.5"]).catch("1"),
  label: z.boolean().catch(true),
  burnIn: z.boolean().catch(false),
});
export type Look = z.infer<typeof look>;

/** A lesson that is being thought up, as a draft keeps it. What a draft lacks is as at the start. */
const plan = z.object({
  title: z.string().catch(""),
  portraitId: z.string().nullable().catch(null),
  voice: z.enum(["built-in", "own"]).catch("built-in"),
  voiceId: z.string().nullable().catch(null),
  notes: z.string().catch(""),
  audience: z.string().catch(""),
  pasted: z.string().catch(""),
  /** Who wrote the scenes, where they are a draft whose facts need checking. */
  draftLabel: z.string().nullable().catch(null),
  scenes: z.array(scene).catch([]),
  look: look.catch(look.parse({})),
  exports: z.array(z.enum(EXPORTS)).catch([...EXPORTS]),
});
export type Plan = z.infer<typeof plan>;

export function planFrom(content: unknown): Plan {
  return plan.parse(content);
}

/** What is missing before the lesson can be made, and the step to go to for it. */
export type Missing = "portrait" | "voice" | "title" | "scenes" | "emptyScene" | "exports";

export const STEP_OF: Record<Missing, Step> = {
  portrait: "presenter",
  voice: "voice",
  title: "script",
  scenes: "script",
  emptyScene: "script",
  exports: "review",
};

export function missingOf({ portraitId, voice, voiceId, title, scenes, exports }: Plan): Missing[] {
  const lacks: Record<Missing, boolean> = {
    portrait: portraitId === null,
    voice: voice === "own" && voiceId === null,
    title: !title.trim(),
    scenes: scenes.length === 0,
    emptyScene: scenes.some(({ narration }) => !narration.trim()),
    exports: exports.length === 0,
  };
  return (Object.keys(lacks) as Missing[]).filter((each) => lacks[each]);
}

/** The lesson to ask for; nothing may be missing. */
export function specOf({ title, portraitId, voice, voiceId, scenes, look, exports }: Plan) {
  const { aspect, resolution, background, layout, motion, label, burnIn } = look;
  return {
    title: title.trim(),
    portrait_id: portraitId ?? "",
    voice_id: voice === "own" ? voiceId : null,
    scenes: scenes.map(sceneSpec),
    video: { aspect, resolution, background, layout, label, motion: Number(motion) },
    captions: { burn_in: burnIn },
    exports,
  } satisfies LessonSpec;
}

function sceneSpec({ title, narration, slideId }: PlannedScene): SceneSpec {
  const heading = title.trim();
  return {
    narration: narration.trim(),
    ...(heading && { title: heading }),
    ...(slideId && { slide_id: slideId }),
  };
}
