import { Plus, Trash2 } from "lucide-react";
import { newIdempotencyKey } from "@/client/idempotency";
import { Button, IconButton } from "@/components/button";
import { TextField } from "@/components/text-field";
import { Entries, type Edit } from "@/features/new-lesson/components/entries";
import { Hear } from "@/features/new-lesson/components/hear";
import type { Keeper } from "@/features/new-lesson/keeper";
import type { Pronunciation } from "@/features/new-lesson/plan";
import { sentenceWith } from "@/features/new-lesson/scenes";
import { usePart } from "@/features/new-lesson/use-plan";
import { text } from "@/text";

const words = text.newLesson.pronunciations;
const MOST = 500;

/** Words that are not said as they are written: each with how it sounds. */
export function Pronunciations({ keeper }: { keeper: Keeper }) {
  const pronunciations = usePart(keeper, ({ plan }) => plan.pronunciations);
  const replace = (next: (now: Pronunciation[]) => Pronunciation[]) => {
    keeper.change({ pronunciations: next(keeper.snapshot().plan.pronunciations) });
  };
  return (
    <Entries
      title={words.title}
      lead={words.lead}
      entries={pronunciations}
      replace={replace}
      show={(each, edit) => <Row key={each.key} each={each} keeper={keeper} {...edit} />}
    >
      {pronunciations.length < MOST && (
        <Button
          className="self-start"
          onPress={() => {
            replace((now) => [...now, { key: newIdempotencyKey(), word: "", spelling: "" }]);
          }}
        >
          <Plus aria-hidden className="size-4" />
          {words.add}
        </Button>
      )}
    </Entries>
  );
}

function Row({
  each: { word, spelling },
  number,
  keeper,
  change,
  remove,
}: Edit<Pronunciation> & { each: Pronunciation; keeper: Keeper }) {
  const sentence = usePart(keeper, ({ plan }) => sentenceWith(plan.scenes, word));
  return (
    <li>
      <div
        role="group"
        aria-label={words.number(number)}
        className="flex flex-col gap-2 border-t border-line pt-4"
      >
        <div className="flex items-end gap-3">
          <div className="grid min-w-0 flex-1 gap-3 sm:grid-cols-2">
            <TextField
              label={words.word}
              value={word}
              maxLength={200}
              onChange={(typed) => {
                change({ word: typed });
              }}
            />
            <TextField
              label={words.spelling}
              value={spelling}
              maxLength={200}
              error={word.trim() && !spelling.trim() ? words.needSpelling : undefined}
              onChange={(typed) => {
                change({ spelling: typed });
              }}
            />
          </div>
          <IconButton label={words.remove(number)} className="-mr-3" onPress={remove}>
            <Trash2 aria-hidden className="size-4" />
          </IconButton>
        </div>
        <div className="-ml-4 flex flex-wrap gap-y-2">
          <Hear
            keeper={keeper}
            narration={sentence}
            aria-label={words.hear(word.trim() || words.number(number))}
          />
        </div>
      </div>
    </li>
  );
}
