import { Plus, Trash2 } from "lucide-react";
import { useDeferredValue } from "react";
import { Button, IconButton } from "@/components/button";
import { Checkbox } from "@/components/checkbox";
import { Select } from "@/components/select";
import { TextArea, TextField } from "@/components/text-field";
import type { Edit } from "@/features/new-lesson/components/entries";
import type { Keeper } from "@/features/new-lesson/keeper";
import {
  AT_THE_END,
  FEWEST_CHOICES,
  MOST_CHOICES,
  newChoice,
  wrongWith,
  type PlannedChoice,
  type PlannedQuestion,
} from "@/features/new-lesson/quiz";
import { usePart } from "@/features/new-lesson/use-plan";
import { text } from "@/text";

const words = text.quiz;

interface Props extends Edit<PlannedQuestion> {
  question: PlannedQuestion;
  keeper: Keeper;
}

export function QuizQuestion(props: Props) {
  const { question, number, keeper, change } = props;
  const wrong = wrongWith(question);
  return (
    <li>
      <div
        role="group"
        aria-label={words.number(number)}
        className="flex flex-col gap-3 border-t border-line pt-4"
      >
        <Head {...props} />
        <TextArea
          label={words.text}
          rows={2}
          value={question.text}
          maxLength={500}
          error={wrong === "text" ? words.wrong.text : undefined}
          onChange={(typed) => {
            change({ text: typed });
          }}
        />
        {question.source && (
          <p className="max-w-prose text-small text-muted">{words.source(question.source)}</p>
        )}
        <Choices choices={question.choices} change={change} />
        {wrong !== null && wrong !== "text" && (
          <p className="text-small text-bad">{words.wrong[wrong]}</p>
        )}
        <div className="grid gap-4 sm:grid-cols-2">
          <After keeper={keeper} after={question.after} change={change} />
          <TextField
            label={words.feedback}
            value={question.feedback}
            maxLength={500}
            onChange={(feedback) => {
              change({ feedback });
            }}
          />
        </div>
      </div>
    </li>
  );
}

function Head({ question, number, change, remove }: Props) {
  return (
    <div className="flex items-start justify-between gap-2">
      <div>
        <h4 className="font-sans font-semibold">{words.number(number)}</h4>
        {question.draft && (
          <>
            <p className="text-small text-warn">{words.draftExplained}</p>
            <Checkbox
              isSelected={false}
              onChange={() => {
                change({ draft: false });
              }}
            >
              {words.checked}
            </Checkbox>
          </>
        )}
      </div>
      <IconButton label={words.remove(number)} className="-mt-2 -mr-3" onPress={remove}>
        <Trash2 aria-hidden className="size-4" />
      </IconButton>
    </div>
  );
}

function Choices({
  choices,
  change,
}: {
  choices: PlannedChoice[];
  change: (part: Partial<PlannedQuestion>) => void;
}) {
  const set = (key: string, part: Partial<PlannedChoice>) => {
    change({ choices: choices.map((each) => (each.key === key ? { ...each, ...part } : each)) });
  };
  return (
    <>
      {choices.map((choice, at) => (
        <div key={choice.key} className="flex flex-wrap items-end gap-x-3 gap-y-1">
          <div className="min-w-0 flex-1 basis-56">
            <TextField
              label={words.choice(at + 1)}
              value={choice.text}
              maxLength={200}
              onChange={(typed) => {
                set(choice.key, { text: typed });
              }}
            />
          </div>
          <div className="-mr-3 flex items-center gap-1">
            <Checkbox
              isSelected={choice.right}
              onChange={(right) => {
                set(choice.key, { right });
              }}
            >
              {words.right(at + 1)}
            </Checkbox>
            <IconButton
              label={words.removeChoice(at + 1)}
              isDisabled={choices.length <= FEWEST_CHOICES}
              onPress={() => {
                change({ choices: choices.filter(({ key }) => key !== choice.key) });
              }}
            >
              <Trash2 aria-hidden className="size-4" />
            </IconButton>
          </div>
        </div>
      ))}
      {choices.length < MOST_CHOICES && (
        <Button
          look="quiet"
          className="-ml-4 self-start"
          onPress={() => {
            change({ choices: [...choices, newChoice()] });
          }}
        >
          <Plus aria-hidden className="size-4" />
          {words.addChoice}
        </Button>
      )}
    </>
  );
}

function After({
  keeper,
  after: wanted,
  change,
}: Pick<Props, "keeper" | "change"> & { after: string }) {
  const places = useDeferredValue(
    usePart(keeper, ({ plan }) => plan.scenes.map(({ key }) => key).join(" ")),
  ).split(" ");
  return (
    <Select
      label={words.after}
      options={placesIn(places)}
      value={places.includes(wanted) ? wanted : AT_THE_END}
      onChange={(after) => {
        change({ after });
      }}
    />
  );
}

/** Where a question may be asked, by key. */
function placesIn(keys: readonly string[]): Record<string, string> {
  const after = keys.map((key, at) => [key, words.afterScene(at + 1)] as const);
  return Object.fromEntries([...after, [AT_THE_END, words.atTheEnd]]);
}
