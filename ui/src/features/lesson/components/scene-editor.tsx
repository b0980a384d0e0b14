import { Trash2 } from "lucide-react";
import type { RemadeScene, SceneRead } from "@/client/schema";
import { Button, IconButton } from "@/components/button";
import { TextArea, TextField } from "@/components/text-field";
import type { EditedScene } from "@/features/lesson/change";
import { ScenePicture } from "@/features/lesson/components/scene-picture";
import { text } from "@/text";

const words = text.lessonPage.change;

/** One scene to be changed, and what the change would have made again. */
export function SceneEditor({
  scene,
  number,
  before,
  fate,
  faulty,
  change,
  settle,
}: {
  scene: EditedScene;
  number: number;
  /** As it is in the lesson that is changed, unless it was added. */
  before: SceneRead | undefined;
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
      <fieldset className="grid min-w-0 grid-cols-1 gap-x-6 gap-y-3 border-t border-line pt-6 sm:grid-cols-[8rem_minmax(0,1fr)]">
        <legend className="sr-only">{text.lessonPage.scenes.name(number)}</legend>
        <div className="flex items-start gap-x-3 gap-y-2 sm:flex-col">
          {before?.poster && (
            <div className="w-24 shrink-0 sm:w-full">
              <ScenePicture scene={before} />
            </div>
          )}
          <div className="flex min-w-0 flex-1 flex-col gap-1 sm:flex-none">
            <h2 className="font-sans font-semibold">{text.lessonPage.scenes.name(number)}</h2>
            <Fate fate={fate} />
          </div>
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
