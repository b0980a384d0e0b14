import { Plus } from "lucide-react";
import { Button } from "@/components/button";
import { Notice, ProblemNotice } from "@/components/notice";
import { sayUndo } from "@/components/say-undo";
import { Select } from "@/components/select";
import { useDraftQuiz } from "@/features/new-lesson/api/quiz";
import { Entries } from "@/features/new-lesson/components/entries";
import { QuizQuestion } from "@/features/new-lesson/components/quiz-question";
import type { Keeper } from "@/features/new-lesson/keeper";
import {
  MOST_QUESTIONS,
  newQuestion,
  type PlannedQuestion,
  type PlannedQuiz,
} from "@/features/new-lesson/quiz";
import { usePart } from "@/features/new-lesson/use-plan";
import { text } from "@/text";

const words = text.quiz;

/** What learners are asked, if anything. */
export function Quiz({ keeper }: { keeper: Keeper }) {
  const quiz = usePart(keeper, ({ plan }) => plan.quiz);
  const { questions } = quiz;
  const change = (part: Partial<PlannedQuiz>) => {
    keeper.change({ quiz: { ...keeper.snapshot().plan.quiz, ...part } });
  };
  const replace = (next: (now: PlannedQuestion[]) => PlannedQuestion[]) => {
    change({ questions: next(keeper.snapshot().plan.quiz.questions).slice(0, MOST_QUESTIONS) });
  };
  return (
    <Entries
      title={words.title}
      lead={words.lead}
      entries={questions}
      replace={replace}
      onRemove={(question, at) => {
        sayUndo(words.removed(at + 1), () => {
          replace((now) => [...now.slice(0, at), question, ...now.slice(at)]);
        });
      }}
      show={(question, edit) => (
        <QuizQuestion key={question.key} question={question} keeper={keeper} {...edit} />
      )}
    >
      {questions.length > 0 && <Passing quiz={quiz} change={change} />}
      <More keeper={keeper} replace={replace} />
    </Entries>
  );
}

function Passing({
  quiz: { mastery, tries },
  change,
}: {
  quiz: PlannedQuiz;
  change: (part: Partial<PlannedQuiz>) => void;
}) {
  return (
    <div className="grid gap-4 border-t border-line pt-4 sm:grid-cols-2">
      <Select
        label={words.mastery}
        options={words.masteries}
        value={mastery}
        onChange={(share) => {
          change({ mastery: share });
        }}
      />
      <Select
        label={words.tries}
        options={words.often}
        value={tries}
        onChange={(often) => {
          change({ tries: often });
        }}
      />
    </div>
  );
}

/** More questions: one's own, or drafts. */
function More({
  keeper,
  replace,
}: {
  keeper: Keeper;
  replace: (next: (now: PlannedQuestion[]) => PlannedQuestion[]) => void;
}) {
  const full = usePart(keeper, ({ plan }) => plan.quiz.questions.length >= MOST_QUESTIONS);
  const spoken = usePart(keeper, ({ plan }) => plan.scenes.some((each) => each.narration.trim()));
  const draft = useDraftQuiz();
  return (
    <div className="flex flex-col gap-4">
      {draft.data && <Notice kind="warn">{words.drafted(draft.data.label)}</Notice>}
      <ProblemNotice error={draft.error} />
      <div className="flex flex-wrap gap-3">
        <Button
          isDisabled={full}
          onPress={() => {
            replace((now) => [...now, newQuestion()]);
          }}
        >
          <Plus aria-hidden className="size-4" />
          {words.add}
        </Button>
        <Button
          isDisabled={!spoken}
          pending={draft.isPending && words.drafting}
          onPress={() => {
            draft.mutate(keeper.snapshot().plan, {
              onSuccess: ({ questions }) => {
                replace((now) => [...now, ...questions]);
              },
            });
          }}
        >
          {words.draft}
        </Button>
      </div>
    </div>
  );
}
