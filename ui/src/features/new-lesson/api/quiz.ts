import { useMutation } from "@tanstack/react-query";
import { api, call } from "@/client/api";
import type { QuizDraft } from "@/client/schema";
import type { Plan } from "@/features/new-lesson/plan";
import { draftedQuestions, type PlannedQuestion } from "@/features/new-lesson/quiz";

export interface Drafted {
  questions: PlannedQuestion[];
  /** Who drafted them. */
  label: string;
}

/** Drafts questions about what the scenes say; about one for each. */
export function useDraftQuiz() {
  return useMutation({
    meta: { showsErrors: true },
    mutationFn: async ({ scenes, language }: Plan): Promise<Drafted> => {
      const said = scenes.filter(({ narration }) => narration.trim());
      const ask = said.map(({ narration }) => ({ narration: narration.trim() }));
      const questions = Math.min(Math.max(said.length, 3), 20);
      // as JSON: events come only where they are asked for
      const drafts = (await call(
        api.POST("/api/scripts/quiz", { body: { scenes: ask, questions, language } }),
      )) as QuizDraft;
      const keys = said.map(({ key }) => key);
      return { questions: draftedQuestions(drafts.questions, keys), label: drafts.engine.label };
    },
  });
}
