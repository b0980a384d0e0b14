import { useState } from "react";
import type { ScriptAsk, WrittenScene } from "@/client/schema";
import { Button } from "@/components/button";
import { Choice } from "@/components/choice";
import { ProblemNotice } from "@/components/notice";
import { Select } from "@/components/select";
import { TextArea, TextField } from "@/components/text-field";
import { useCutScript, useWriteScript, type Growing } from "@/features/new-lesson/api/script";
import { sayUndo } from "@/components/say-undo";
import type { Keeper } from "@/features/new-lesson/keeper";
import type { Plan } from "@/features/new-lesson/plan";
import { planned } from "@/features/new-lesson/scenes";
import { usePlan } from "@/features/new-lesson/use-plan";
import { text } from "@/text";

const words = text.newLesson.script;
type Way = "write" | "paste";

/** Where scenes come from: notes from which a script is written, or a finished text. */
export function BeginScript({ keeper }: { keeper: Keeper }) {
  const { pasted } = keeper.snapshot().plan;
  const [way, setWay] = useState<Way>(pasted ? "paste" : "write");
  return (
    <section className="flex flex-col gap-4 rounded border border-line bg-raised p-5">
      <Choice
        label={words.how}
        options={{ write: words.write, paste: words.paste }}
        value={way}
        onChange={setWay}
      />
      {way === "write" ? <Write keeper={keeper} /> : <Paste keeper={keeper} />}
    </section>
  );
}

function Write({ keeper }: { keeper: Keeper }) {
  const { plan, change } = usePlan(keeper);
  const [lacking, setLacking] = useState(false);
  const write = useWriteScript(({ scenes, engine }) => {
    replaceScenes(keeper, scenes, engine.draft ? engine.label : null);
  });
  const ask = askOf(plan);
  return (
    <>
      <TextArea
        label={words.prompt}
        hint={words.promptHint}
        value={plan.prompt}
        rows={2}
        maxLength={100_000}
        error={lacking && !ask ? words.needNotes : undefined}
        onChange={(prompt) => {
          change({ prompt });
        }}
      />
      <TextArea
        label={words.notes}
        hint={words.notesHint}
        value={plan.notes}
        maxLength={100_000}
        onChange={(notes) => {
          change({ notes });
        }}
      />
      <div className="grid gap-4 sm:grid-cols-2">
        <TextField
          label={words.audience}
          value={plan.audience}
          maxLength={200}
          onChange={(audience) => {
            change({ audience });
          }}
        />
        <Select
          label={words.minutes}
          options={words.lengths}
          value={plan.minutes}
          onChange={(minutes) => {
            change({ minutes });
          }}
        />
      </div>
      <ProblemNotice error={write.error} />
      <Button
        className="self-start"
        look={plan.scenes.length ? "plain" : "primary"}
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

/** What a script is asked for with; null while nothing says what it is about. */
function askOf({ prompt, notes, audience, minutes }: Plan): ScriptAsk | null {
  const wish = prompt.trim();
  const source = notes.trim();
  if (!wish && !source) return null;
  return {
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

function Paste({ keeper }: { keeper: Keeper }) {
  const { plan, change } = usePlan(keeper);
  const cut = useCutScript();
  return (
    <>
      <TextArea
        label={words.pasted}
        hint={words.pastedHint}
        value={plan.pasted}
        rows={8}
        maxLength={100_000}
        onChange={(pasted) => {
          change({ pasted });
        }}
      />
      <ProblemNotice error={cut.error} />
      <Button
        className="self-start"
        look={plan.scenes.length ? "plain" : "primary"}
        isDisabled={!plan.pasted.trim()}
        pending={cut.isPending && words.cutting}
        onPress={() => {
          cut.mutate(plan.pasted, {
            onSuccess: ({ scenes }) => {
              replaceScenes(keeper, scenes, null);
            },
          });
        }}
      >
        {words.cutButton}
      </Button>
    </>
  );
}

/** The scenes from before can be taken back for a while. */
function replaceScenes(keeper: Keeper, written: WrittenScene[], draftLabel: string | null): void {
  const { scenes, draftLabel: labelBefore } = keeper.snapshot().plan;
  keeper.edit(words.did.replace, { scenes: planned(written), draftLabel });
  if (scenes.length === 0) return;
  sayUndo(words.replaced, () => {
    keeper.edit(words.did.restore, { scenes, draftLabel: labelBefore });
  });
}
