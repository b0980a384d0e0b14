import * as z from "zod/mini";
import { newIdempotencyKey } from "@/client/idempotency";
import type { QuestionSpec, QuizSpec } from "@/client/schema";

export const FEWEST_CHOICES = 2;
export const MOST_CHOICES = 8;
export const MOST_QUESTIONS = 50;
/** The share of questions that must be right. */
export const MASTERIES = ["0.5", "0.6", "0.7", "0.8", "0.9", "1"] as const;
/** How often the quiz may be taken. */
export const TRIES = ["1", "2", "3", "5", "10"] as const;
/** Asked when the lesson is over. */
export const AT_THE_END = "end";

const choice = z.object({
  key: z.string(),
  text: z.string(),
  right: z.boolean(),
  feedback: z.catch(z.string(), ""),
});
export type PlannedChoice = z.infer<typeof choice>;

const question = z.object({
  key: z.string(),
  text: z.string(),
  choices: z.array(choice),
  /** The key of the scene after which it is asked, or `AT_THE_END`. */
  after: z.catch(z.string(), AT_THE_END),
  feedback: z.catch(z.string(), ""),
  /** The sentence of the narration that it was drafted from. */
  source: z.catch(z.nullable(z.string()), null),
  /** Drafted, and checked by nobody yet. */
  draft: z.catch(z.boolean(), false),
});
export type PlannedQuestion = z.infer<typeof question>;

export const quiz = z.object({
  questions: z.catch(z.array(question), []),
  mastery: z.catch(z.enum(MASTERIES), "0.8"),
  tries: z.catch(z.enum(TRIES), "2"),
});
export type PlannedQuiz = z.infer<typeof quiz>;

export function newChoice(text = "", right = false, feedback = ""): PlannedChoice {
  return { key: newIdempotencyKey(), text, right, feedback };
}

export function newQuestion(): PlannedQuestion {
  return {
    key: newIdempotencyKey(),
    text: "",
    choices: [newChoice("", true), newChoice()],
    after: AT_THE_END,
    feedback: "",
    source: null,
    draft: false,
  };
}

/** Drafts as the plan keeps them. `scenes` are those they were drafted from, by their keys. */
export function draftedQuestions(
  drafts: readonly QuestionSpec[],
  scenes: readonly string[],
): PlannedQuestion[] {
  return drafts.map(({ text, choices, scene, feedback, source }) => ({
    key: newIdempotencyKey(),
    text,
    choices: choices.map((each) => newChoice(each.text, each.right, each.feedback ?? "")),
    after: scenes[scene ?? -1] ?? AT_THE_END,
    feedback: feedback ?? "",
    source: source ?? null,
    draft: true,
  }));
}

/** What keeps a question from being asked; null where nothing does. */
export type Wrong = "text" | "emptyChoice" | "equalChoices" | "noRight" | "noWrong";

export function wrongWith({ text, choices }: PlannedQuestion): Wrong | null {
  const said = choices.map((each) => compared(each.text));
  const right = choices.filter((each) => each.right).length;
  if (!text.trim()) return "text";
  if (said.includes("")) return "emptyChoice";
  if (new Set(said).size < said.length) return "equalChoices";
  if (right === 0) return "noRight";
  return right === choices.length ? "noWrong" : null;
}

/** As the studio tells texts apart: neither case nor blanks nor a last point count. */
function compared(text: string): string {
  return text.toLowerCase().trim().replace(/\s+/g, " ").replace(/\.+$/, "");
}

/** The quiz to ask for; null where there is none. A question whose scene is gone comes last. */
export function quizSpec(
  { questions, mastery, tries }: PlannedQuiz,
  scenes: readonly { key: string }[],
): QuizSpec | null {
  if (questions.length === 0) return null;
  return {
    questions: questions.map((each) => questionSpec(each, scenes)),
    mastery: Number(mastery),
    tries: Number(tries),
  };
}

function questionSpec(
  { text, choices, after, feedback, source, draft }: PlannedQuestion,
  scenes: readonly { key: string }[],
): QuestionSpec {
  const scene = scenes.findIndex(({ key }) => key === after);
  return {
    text: text.trim(),
    choices: choices.map((each) => ({
      text: each.text.trim(),
      right: each.right,
      feedback: each.feedback.trim() || null,
    })),
    scene: scene === -1 ? null : scene,
    feedback: feedback.trim() || null,
    source,
    draft,
  };
}
