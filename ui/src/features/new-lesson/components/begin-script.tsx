import { RotateCcw } from "lucide-react";
import { useState } from "react";
import type { ScriptAsk } from "@/client/schema";
import { Button } from "@/components/button";
import { Choice } from "@/components/choice";
import { ProblemNotice } from "@/components/notice";
import { Select } from "@/components/select";
import { TextArea, TextField } from "@/components/text-field";
import { useCutScript, useWriteScript, type Growing } from "@/features/new-lesson/api/script";
import { BeginSlides } from "@/features/new-lesson/components/begin-slides";
import type { Keeper } from "@/features/new-lesson/keeper";
import type { Plan } from "@/features/new-lesson/plan";
import { replaceScenes } from "@/features/new-lesson/replace-scenes";
import { planned } from "@/features/new-lesson/scenes";
import { usePart } from "@/features/new-lesson/use-plan";
import { text } from "@/text";

const words = text.newLesson.script;
type Way = "write" | "paste" | "slides";

/**
 * Where scenes come from: notes from which a script is written, a finished text, or slides. Once
 * there are scenes it makes room for them; of slides it still says what they lack.
 */
export function BeginScript({ keeper }: { keeper: Keeper }) {
  const { pasted, scenes } = keeper.snapshot().plan;
  const [way, setWay] = useState<Way>(pasted ? "paste" : "write");
  const [open, setOpen] = useState(scenes.length === 0);
  const onDone = () => {
    setOpen(false);
  };
  if (!open)
    return (
      <Button
        className="self-start"
        onPress={() => {
          setOpen(true);
        }}
      >
        <RotateCcw aria-hidden className="size-4" />
        {words.again}
      </Button>
    );
  return (
    <section className="flex flex-col gap-4 rounded border border-line bg-raised p-5">
      <Choice
        label={words.how}
        options={{ write: words.write, paste: words.paste, slides: words.slides.way }}
        value={way}
        onChange={setWay}
      />
      {way === "write" && <Write keeper={keeper} onDone={onDone} />}
      {way === "paste" && <Paste keeper={keeper} onDone={onDone} />}
      {way === "slides" && <BeginSlides keeper={keeper} />}
    </section>
  );
}

interface WayProps {
  keeper: Keeper;
  /** There are scenes now. */
  onDone: () => void;
}

function Write({ keeper, onDone }: WayProps) {
  const { prompt, notes, audience, minutes } = useAsked(keeper);
  const began = useBegan(keeper);
  const [lacking, setLacking] = useState(false);
  const write = useWriteScript(({ scenes, engine }) => {
    replaceScenes(keeper, planned(scenes), engine.draft ? engine.label : null);
    onDone();
  });
  const ask = askOf({ prompt, notes, audience, minutes });
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

type Asked = Pick<Plan, "prompt" | "notes" | "audience" | "minutes">;

function useAsked(keeper: Keeper): Asked {
  return {
    prompt: usePart(keeper, ({ plan }) => plan.prompt),
    notes: usePart(keeper, ({ plan }) => plan.notes),
    audience: usePart(keeper, ({ plan }) => plan.audience),
    minutes: usePart(keeper, ({ plan }) => plan.minutes),
  };
}

/** Whether there are scenes already. */
function useBegan(keeper: Keeper): boolean {
  return usePart(keeper, ({ plan }) => plan.scenes.length > 0);
}

/** What a script is asked for with; null while nothing says what it is about. */
function askOf({ prompt, notes, audience, minutes }: Asked): ScriptAsk | null {
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

function Paste({ keeper, onDone }: WayProps) {
  const pasted = usePart(keeper, ({ plan }) => plan.pasted);
  const began = useBegan(keeper);
  const cut = useCutScript();
  return (
    <>
      <TextArea
        label={words.pasted}
        hint={words.pastedHint}
        value={pasted}
        rows={8}
        maxLength={100_000}
        onChange={(typed) => {
          keeper.change({ pasted: typed });
        }}
      />
      <ProblemNotice error={cut.error} />
      <Button
        className="self-start"
        look={began ? "plain" : "primary"}
        isDisabled={!pasted.trim()}
        pending={cut.isPending && words.cutting}
        onPress={() => {
          cut.mutate(pasted, {
            onSuccess: ({ scenes }) => {
              replaceScenes(keeper, planned(scenes), null);
              onDone();
            },
          });
        }}
      >
        {words.cutButton}
      </Button>
    </>
  );
}
