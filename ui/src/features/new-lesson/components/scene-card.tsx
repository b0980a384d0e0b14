import { ArrowDown, ArrowUp, Pause, Scissors, Trash2, UnfoldVertical } from "lucide-react";
import { memo, useRef } from "react";
import { Button, IconButton } from "@/components/button";
import { TextArea, TextField } from "@/components/text-field";
import { sayUndo } from "@/components/say-undo";
import { toast } from "@/components/toast-queue";
import { Hear } from "@/features/new-lesson/components/hear";
import { SceneSlide } from "@/features/new-lesson/components/scene-slide";
import type { Keeper } from "@/features/new-lesson/keeper";
import type { PlannedScene } from "@/features/new-lesson/plan";
import {
  changed,
  cutPlace,
  merged,
  moved,
  roughSeconds,
  split,
} from "@/features/new-lesson/scenes";
import { text } from "@/text";
import { duration } from "@/text/format";

const words = text.newLesson.script;
const { did } = words;
const PAUSE = "[pause 0.8s]";

interface Props {
  scene: PlannedScene;
  at: number;
  last: boolean;
  edit: Edit;
  keeper: Keeper;
}

/** Changes the scenes; says what was done, and where it was typed if it was. */
export type Edit = (
  said: string,
  next: (scenes: PlannedScene[]) => PlannedScene[],
  typing?: string,
) => void;

/** A scene: its words, and what can be done with it. There may be many: only what changes is drawn. */
export const SceneCard = memo(function SceneCard(props: Props) {
  const { scene, at, edit } = props;
  const { key } = scene;
  const area = useRef<HTMLTextAreaElement>(null);
  return (
    <li>
      <div
        role="group"
        aria-label={words.scene(at + 1)}
        className="flex flex-col gap-3 border-t border-line pt-4"
      >
        <Head {...props} />
        <TextField
          label={words.heading}
          value={scene.title}
          maxLength={200}
          onChange={(title) => {
            edit(did.typing(at + 1), (now) => changed(now, key, { title }), `${key} title`);
          }}
        />
        <TextArea
          ref={area}
          label={words.narration}
          value={scene.narration}
          maxLength={20_000}
          error={scene.narration.trim() ? undefined : words.empty}
          onChange={(narration) => {
            edit(did.typing(at + 1), (now) => changed(now, key, { narration }), key);
          }}
        />
        <Tools {...props} cursor={() => area.current?.selectionStart ?? null} />
        <SceneSlide
          number={at + 1}
          id={scene.slideId}
          change={(slideId) => {
            edit(did.slide(at + 1), (now) => changed(now, key, { slideId }));
          }}
        />
      </div>
    </li>
  );
});

function Head({ scene, at, last, edit }: Props) {
  const remove = () => {
    edit(did.remove(at + 1), (now) => now.filter(({ key }) => key !== scene.key));
    sayUndo(words.removed(at + 1), () => {
      edit(did.restore, (now) => [...now.slice(0, at), scene, ...now.slice(at)]);
    });
  };
  return (
    <div className="flex items-center justify-between gap-2">
      <h4 className="font-sans font-semibold">
        {words.scene(at + 1)}{" "}
        <span className="text-small font-normal text-muted">
          {words.about(duration(roughSeconds(scene.narration)))}
        </span>
      </h4>
      <div className="flex">
        <IconButton
          label={words.up(at + 1)}
          isDisabled={at === 0}
          onPress={() => {
            edit(did.move(at + 1), (now) => moved(now, at, -1));
          }}
        >
          <ArrowUp aria-hidden className="size-4" />
        </IconButton>
        <IconButton
          label={words.down(at + 1)}
          isDisabled={last}
          onPress={() => {
            edit(did.move(at + 1), (now) => moved(now, at, 1));
          }}
        >
          <ArrowDown aria-hidden className="size-4" />
        </IconButton>
        <IconButton label={words.remove(at + 1)} onPress={remove}>
          <Trash2 aria-hidden className="size-4" />
        </IconButton>
      </div>
    </div>
  );
}

function Tools({ scene, at, last, edit, keeper, cursor }: Props & { cursor: () => number | null }) {
  const { narration, key } = scene;
  return (
    <div className="-ml-3 flex flex-wrap gap-x-1">
      <Button
        look="quiet"
        onPress={() => {
          const place = cursor() ?? narration.length;
          const said = `${narration.slice(0, place).trimEnd()} ${PAUSE} ${narration.slice(place).trimStart()}`;
          edit(did.pause(at + 1), (now) => changed(now, key, { narration: said }));
        }}
      >
        <Pause aria-hidden className="size-4" />
        {words.pause}
      </Button>
      <Button
        look="quiet"
        onPress={() => {
          const place = cutPlace(narration, cursor());
          if (place === null) toast(words.splitAdvice);
          else edit(did.split(at + 1), (now) => split(now, at, place));
        }}
      >
        <Scissors aria-hidden className="size-4" />
        {words.split}
      </Button>
      {!last && (
        <Button
          look="quiet"
          onPress={() => {
            edit(did.merge(at + 1), (now) => merged(now, at));
          }}
        >
          <UnfoldVertical aria-hidden className="size-4" />
          {words.merge}
        </Button>
      )}
      <Hear keeper={keeper} narration={narration}>
        {words.hear(at + 1)}
      </Hear>
    </div>
  );
}
