import { Plus, Redo2, Undo2 } from "lucide-react";
import { useState } from "react";
import { Button, IconButton } from "@/components/button";
import { Notice } from "@/components/notice";
import { TextField } from "@/components/text-field";
import { BeginScript } from "@/features/new-lesson/components/begin-script";
import { Pronunciations } from "@/features/new-lesson/components/pronunciations";
import { Quiz } from "@/features/new-lesson/components/quiz";
import { SceneCard } from "@/features/new-lesson/components/scene-card";
import { StepSection } from "@/features/new-lesson/components/section";
import type { Keeper } from "@/features/new-lesson/keeper";
import type { PlannedScene } from "@/features/new-lesson/plan";
import { editOf } from "@/features/new-lesson/scene-edits";
import { newScene } from "@/features/new-lesson/scenes";
import { roughSeconds } from "@/features/new-lesson/speaking-time";
import { undoKeys } from "@/features/new-lesson/undo-keys";
import { usePart } from "@/features/new-lesson/use-plan";
import { text } from "@/text";
import { duration } from "@/text/format";

const words = text.newLesson.script;

export function ScriptStep({ keeper }: { keeper: Keeper }) {
  const title = usePart(keeper, ({ plan }) => plan.title);
  return (
    <StepSection title={words.title}>
      <TextField
        label={words.name}
        value={title}
        maxLength={200}
        onChange={(typed) => {
          keeper.change({ title: typed });
        }}
      />
      <BeginScript keeper={keeper} />
      <div className="mt-4 flex flex-col gap-12">
        <Scenes keeper={keeper} />
        <Pronunciations keeper={keeper} />
        <Quiz keeper={keeper} />
      </div>
    </StepSection>
  );
}

function Scenes({ keeper }: { keeper: Keeper }) {
  const scenes = usePart(keeper, ({ plan }) => plan.scenes);
  const draftLabel = usePart(keeper, ({ plan }) => plan.draftLabel);
  const [keys] = useState(() => undoKeys(keeper));
  // one and the same at each render: a scene that is not changed is not drawn anew
  const [edit] = useState(() => editOf(keeper));
  return (
    <section ref={keys} aria-label={words.scenes} className="flex flex-col gap-4">
      <header className="flex flex-wrap items-center justify-between gap-2">
        <h3 className="text-title">{words.scenes}</h3>
        <div className="flex items-center gap-1">
          {scenes.length > 0 && (
            <p className="mr-2 text-small text-muted">{words.whole(lengthOf(scenes))}</p>
          )}
          <Undo keeper={keeper} />
        </div>
      </header>
      {draftLabel !== null && scenes.length > 0 && <Notice kind="warn">{draftLabel}</Notice>}
      {scenes.length === 0 && <p className="text-muted">{words.none}</p>}
      <ol className="flex flex-col gap-6 empty:hidden">
        {scenes.map((scene, at) => (
          <SceneCard
            key={scene.key}
            scene={scene}
            number={at + 1}
            first={at === 0}
            last={at === scenes.length - 1}
            edit={edit}
            keeper={keeper}
          />
        ))}
      </ol>
      <Button
        className="self-start"
        onPress={() => {
          keeper.edit(words.did.add, { scenes: [...scenes, newScene()] });
        }}
      >
        <Plus aria-hidden className="size-4" />
        {words.add}
      </Button>
    </section>
  );
}

/** What was done last to the scenes, taken back or done again; see `undoKeys` for the keyboard. */
function Undo({ keeper }: { keeper: Keeper }) {
  const undo = usePart(keeper, (now) => now.undo);
  const redo = usePart(keeper, (now) => now.redo);
  return (
    <>
      <IconButton
        label={undo === null ? words.undoNothing : words.undo(undo)}
        isDisabled={undo === null}
        onPress={keeper.undo}
      >
        <Undo2 aria-hidden className="size-4" />
      </IconButton>
      <IconButton
        label={redo === null ? words.redoNothing : words.redo(redo)}
        isDisabled={redo === null}
        onPress={keeper.redo}
      >
        <Redo2 aria-hidden className="size-4" />
      </IconButton>
    </>
  );
}

function lengthOf(scenes: readonly PlannedScene[]): string {
  return duration(scenes.reduce((sum, { narration }) => sum + roughSeconds(narration), 0));
}
