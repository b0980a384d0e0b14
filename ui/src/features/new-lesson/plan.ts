import * as z from "zod/mini";
import type { LessonSpec, SceneSpec } from "@/client/schema";
import { quiz, quizSpec, wrongWith } from "@/features/new-lesson/quiz";

export const STEPS = ["presenter", "voice", "script", "look", "review"] as const;
export type Step = (typeof STEPS)[number];

const USUAL_EXPORTS = [
  "lesson.mp4",
  "speech.webm",
  "captions.vtt",
  "captions.srt",
  "transcript.txt",
  "poster.jpg",
  "scorm12.zip",
] as const;
/** Each package holds the film once more: no more than one is made unless more are asked for. */
export const EXPORTS = [...USUAL_EXPORTS, "scorm2004.zip", "cmi5.zip"] as const;
export type ExportName = (typeof EXPORTS)[number];

/** How long a script may be asked to be, in minutes; none leaves it to the writer. */
export const LENGTHS = ["any", "1", "2", "3", "5", "10"] as const;

/** What some engine speaks; whether one here does, the studio says before it makes anything. */
export const LANGUAGES = ["en-us", "de", "fr", "ja", "ko", "zh"] as const;

const words = z.catch(z.string(), "");
const id = z.catch(z.nullable(z.string()), null);

const scene = z.object({
  key: z.string(),
  title: z.string(),
  narration: z.string(),
  slideId: id,
});
export type PlannedScene = z.infer<typeof scene>;

/** A word that is not said as it is written. */
const pronunciation = z.object({ key: z.string(), word: z.string(), spelling: z.string() });
export type Pronunciation = z.infer<typeof pronunciation>;

const look = z.object({
  aspect: z.catch(z.enum(["1:1", "16:9", "9:16"]), "16:9"),
  resolution: z.catch(z.enum(["512", "720p", "1080p"]), "720p"),
  background: z.catch(z.string(), "#f4f1ea"),
  /** The picture behind the presenter; where there is none, the colour is. */
  backgroundId: id,
  layout: z.catch(z.enum(["presenter", "presenter+slide", "slide"]), "presenter"),
  motion: z.catch(z.enum(["0", "0.5", "1", "1.5"]), "1"),
  label: z.catch(z.boolean(), true),
  burnIn: z.catch(z.boolean(), false),
});
export type Look = z.infer<typeof look>;

/** A lesson that is being thought up, as a draft keeps it. What a draft lacks is as at the start. */
const plan = z.object({
  title: words,
  portraitId: id,
  language: z.catch(z.enum(LANGUAGES), "en-us"),
  voice: z.catch(z.enum(["built-in", "own"]), "built-in"),
  voiceId: id,
  prompt: words,
  notes: words,
  audience: words,
  minutes: z.catch(z.enum(LENGTHS), "any"),
  pasted: words,
  /** Who wrote the scenes, where they are a draft whose facts need checking. */
  draftLabel: id,
  scenes: z.catch(z.array(scene), []),
  pronunciations: z.catch(z.array(pronunciation), []),
  quiz: z.catch(quiz, quiz.parse({})),
  look: z.catch(look, look.parse({})),
  exports: z.catch(z.array(z.enum(EXPORTS)), [...USUAL_EXPORTS]),
});
export type Plan = z.infer<typeof plan>;

export function planFrom(content: unknown): Plan {
  return plan.parse(content);
}

/** What is missing before the lesson can be made, and the step to go to for it. */
export type Missing = "portrait" | "voice" | "title" | "scenes" | "emptyScene" | "quiz" | "exports";

export const STEP_OF: Record<Missing, Step> = {
  portrait: "presenter",
  voice: "voice",
  title: "script",
  scenes: "script",
  emptyScene: "script",
  quiz: "script",
  exports: "review",
};

export function missingOf(plan: Plan): Missing[] {
  const { portraitId, voice, voiceId, title, scenes, exports } = plan;
  const lacks: Record<Missing, boolean> = {
    portrait: portraitId === null,
    voice: voice === "own" && voiceId === null,
    title: !title.trim(),
    scenes: scenes.length === 0,
    emptyScene: scenes.some(({ narration }) => !narration.trim()),
    quiz: plan.quiz.questions.some((each) => wrongWith(each) !== null),
    exports: exports.length === 0,
  };
  return (Object.keys(lacks) as Missing[]).filter((each) => lacks[each]);
}

/** The slide that is shown first, if any is. */
export function firstSlide({ scenes }: Plan): string | null {
  return scenes.find(({ slideId }) => slideId !== null)?.slideId ?? null;
}

/** The lesson to ask for; nothing may be missing. */
export function specOf(plan: Plan) {
  const { aspect, resolution, background, backgroundId, layout, motion, label, burnIn } = plan.look;
  return {
    title: plan.title.trim(),
    ...spokenOf(plan),
    scenes: plan.scenes.map(sceneSpec),
    video: {
      aspect,
      resolution,
      background: backgroundId ?? background,
      layout,
      label,
      motion: Number(motion),
    },
    captions: { burn_in: burnIn },
    quiz: quizSpec(plan.quiz, plan.scenes),
    exports: plan.exports,
  } satisfies LessonSpec;
}

/** Whom one hears say it, and how. */
export function spokenOf({ portraitId, language, voice, voiceId, pronunciations }: Plan) {
  const said = pronunciations
    .map(({ word, spelling }) => [word.trim(), spelling.trim()] as const)
    .filter(([word, spelling]) => word && spelling);
  return {
    portrait_id: portraitId ?? "",
    language,
    voice_id: voice === "own" ? voiceId : null,
    pronunciations: Object.fromEntries(said),
  };
}

function sceneSpec({ title, narration, slideId }: PlannedScene): SceneSpec {
  const heading = title.trim();
  return {
    narration: narration.trim(),
    ...(heading && { title: heading }),
    ...(slideId && { slide_id: slideId }),
  };
}
