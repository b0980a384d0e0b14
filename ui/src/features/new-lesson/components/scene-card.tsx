import { memo, useRef } from "react";
import { TextArea, TextField } from "@/components/text-field";
import { SceneHead } from "@/features/new-lesson/components/scene-head";
import { SceneNumber } from "@/features/new-lesson/components/scene-number";
import { SceneSlide } from "@/features/new-lesson/components/scene-slide";
import { SceneTools } from "@/features/new-lesson/components/scene-tools";
import type { Keeper } from "@/features/new-lesson/keeper";
import type { PlannedScene } from "@/features/new-lesson/plan";
import type { Edit } from "@/features/new-lesson/scene-edits";
import { changed } from "@/features/new-lesson/scenes";
import { text } from "@/text";

const words = text.newLesson.script;
const { did } = words;

export interface SceneProps {
  scene: PlannedScene;
  first: boolean;
  last: boolean;
  edit: Edit;
  keeper: Keeper;
}

/** A scene: its words, and what can be done with it. There may be many: only what changes is drawn. */
export const SceneCard = memo(function SceneCard({
  number,
  ...props
}: SceneProps & { number: number }) {
  return (
    <li className="-mx-4 -mb-2 px-4 pb-2 [contain-intrinsic-size:auto_30rem] [content-visibility:auto]">
      <SceneNumber value={number}>
        <div
          role="group"
          aria-label={words.scene(number)}
          className="flex flex-col gap-3 border-t border-line pt-4"
        >
          <Inside {...props} />
        </div>
      </SceneNumber>
    </li>
  );
});

/** All that stays as it is when the scene only gets another number. */
const Inside = memo(function Inside(props: SceneProps) {
  const { scene, edit } = props;
  const { key } = scene;
  const area = useRef<HTMLTextAreaElement>(null);
  return (
    <>
      <SceneHead {...props} />
      <TextField
        label={words.heading}
        value={scene.title}
        maxLength={200}
        onChange={(title) => {
          edit(key, did.typing, (now) => changed(now, key, { title }), `${key} title`);
        }}
      />
      <TextArea
        ref={area}
        label={words.narration}
        value={scene.narration}
        maxLength={20_000}
        error={scene.narration.trim() ? undefined : words.empty}
        onChange={(narration) => {
          edit(key, did.typing, (now) => changed(now, key, { narration }), key);
        }}
      />
      <div className="-ml-4 flex flex-wrap gap-x-1">
        <SceneTools {...props} cursor={() => area.current?.selectionStart ?? null} />
        <SceneSlide
          id={scene.slideId}
          change={(slideId) => {
            edit(key, did.slide, (now) => changed(now, key, { slideId }));
          }}
        />
      </div>
    </>
  );
});
