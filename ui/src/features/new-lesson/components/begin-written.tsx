import { useState } from "react";
import type { ScriptAsk } from "@/client/schema";
import { Button } from "@/components/button";
import { ProblemNotice } from "@/components/notice";
import { Select } from "@/components/select";
import { TextArea, TextField } from "@/components/text-field";
import { useWriteScript, type Growing } from "@/features/new-lesson/api/script";
import type { Keeper } from "@/features/new-lesson/keeper";
import type { Plan } from "@/features/new-lesson/plan";
import { replaceScenes } from "@/features/new-lesson/replace-scenes";
import { planned } from "@/features/new-lesson/scenes";
import { useBegan, usePart } from "@/features/new-lesson/use-plan";
import { text } from "@/text";

const words = text.newLesson.script;

/** A script is written from a wish and notes; `onDone` once its scenes are there. */
export function BeginWritten({ keeper, onDone }: { keeper: Keeper; onDone: () => void }) {
  const { prompt, notes, audience, minutes, language } = useAsked(keeper);
  const began = useBegan(keeper);
  const [lacking, setLacking] = useState(false);
  const write = useWriteScript(({ scenes, engine }) => {
    replaceScenes(keeper, planned(scenes), engine.draft ? engine.label : null);
    onDone();
  });
  const ask = askOf({ prompt, notes, audience, minutes, language });
  return (
    <>
      <TextArea
        label={words.prompt}
        hint={words.promptHint}
        value={prompt}
        rows={2}
        maxLength={100_000}
        error={lacking && !ask ? words.needNotes : undefined}
        onChange={(typed) => {
          keeper.change({ prompt: typed });
        }}
      />
      <TextArea
        label={words.notes}
        hint={words.notesHint}
        value={notes}
        maxLength={100_000}
        onChange={(typed) => {
          keeper.change({ notes: typed });
        }}
      />
      <div className="grid gap-4 sm:grid-cols-2">
        <TextField
          label={words.audience}
          value={audience}
          maxLength={200}
          onChange={(typed) => {
            keeper.change({ audience: typed });
          }}
        />
        <Select
          label={words.minutes}
          options={words.lengths}
          value={minutes}
          onChange={(picked) => {
            keeper.change({ minutes: picked });
          }}
        />
      </div>
      <ProblemNotice error={write.error} />
      <Button
        className="self-start"
        look={began ? "plain" : "primary"}
        pending={write.isPending && words.writing}
        onPress={() => {
          setLacking(!ask);
          if (ask) write.mutate(ask);
        }}
      >
        {words.writeButton}
      </Button>
      {write.isPending && <Coming growing={write.growing} />}
    </>
  );
}

type Asked = Pick<Plan, "prompt" | "notes" | "audience" | "minutes" | "language">;

function useAsked(keeper: Keeper): Asked {
  return {
    prompt: usePart(keeper, ({ plan }) => plan.prompt),
    notes: usePart(keeper, ({ plan }) => plan.notes),
    audience: usePart(keeper, ({ plan }) => plan.audience),
    minutes: usePart(keeper, ({ plan }) => plan.minutes),
    language: usePart(keeper, ({ plan }) => plan.language),
  };
}

/** What a script is asked for with; null while nothing says what it is about. */
function askOf({ prompt, notes, audience, minutes, language }: Asked): ScriptAsk | null {
  const wish = prompt.trim();
  const source = notes.trim();
  if (!wish && !source) return null;
  return {
    language,
    ...(wish && { prompt: wish }),
    ...(source && { notes: source }),
    ...(audience.trim() && { audience: audience.trim() }),
    ...(minutes !== "any" && { minutes: Number(minutes) }),
  };
}

function Coming({ growing }: { growing: readonly Growing[] }) {
  return (
    <ol aria-busy className="flex flex-col gap-3 border-t border-line pt-4">
      {growing.map(({ title, narration }, at) => (
        <li key={at}>
          <p className="font-semibold">{title || words.scene(at + 1)}</p>
          <p className="max-w-prose">{narration}</p>
        </li>
      ))}
    </ol>
  );
}
