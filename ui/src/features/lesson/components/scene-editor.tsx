import { Trash2 } from "lucide-react";
import type { RemadeScene } from "@/client/schema";
import { Button, IconButton } from "@/components/button";
import { TextArea, TextField } from "@/components/text-field";
import type { EditedScene } from "@/features/lesson/change";
import { text } from "@/text";

const words = text.lessonPage.change;

/** One scene to be changed, and what the change would have made again. */
export function SceneEditor({
  scene,
  number,
  fate,
  faulty,
  change,
  settle,
}: {
  scene: EditedScene;
  number: number;
  fate: RemadeScene | undefined;
  faulty: boolean;
  change: (change: Partial<EditedScene>, settled?: boolean) => void;
  /** Typing has come to a rest. */
  settle: () => void;
}) {
  if (scene.removed)
    return (
      <li className="flex flex-wrap items-center justify-between gap-3 rounded bg-sunk px-4 py-3">
        <p role="status">{words.removed(number)}</p>
        <Button
          look="quiet"
          onPress={() => {
            change({ removed: false }, true);
          }}
        >
          {words.restore}
        </Button>
      </li>
    );
  return (
    <li>
      <fieldset className="grid gap-x-6 gap-y-3 border-t border-line pt-6 sm:grid-cols-[8rem_minmax(0,1fr)]">
        <legend className="sr-only">{text.lessonPage.scenes.name(number)}</legend>
        <div className="flex items-start justify-between gap-2 sm:flex-col sm:justify-start">
          <h2 className="font-sans font-semibold">{text.lessonPage.scenes.name(number)}</h2>
          <Fate fate={fate} />
          <IconButton
            label={words.remove(number)}
            className="-mt-2 sm:mt-0 sm:-ml-3"
            onPress={() => {
              change({ removed: true }, true);
            }}
          >
            <Trash2 aria-hidden className="size-4" />
          </IconButton>
        </div>
        <div className="flex flex-col gap-3">
          <TextField
            label={words.sceneTitle}
            value={scene.title}
            maxLength={200}
            onChange={(title) => {
              change({ title });
            }}
            onBlur={settle}
          />
          <TextArea
            label={words.narration}
            value={scene.narration}
            maxLength={20_000}
            error={faulty ? words.empty : undefined}
            onChange={(narration) => {
              change({ narration });
            }}
            onBlur={settle}
          />
        </div>
      </fieldset>
    </li>
  );
}

function Fate({ fate }: { fate: RemadeScene | undefined }) {
  if (!fate) return null;
  const again = fate.speech || fate.video;
  return (
    <p className={`text-small ${again ? "font-semibold text-accent" : "text-muted"}`}>
      {sayFate(fate)}
    </p>
  );
}

function sayFate({ speech, video }: RemadeScene): string {
  if (speech) return video ? words.newSpeech : words.heard;
  return video ? words.newVideo : words.asBefore;
}
