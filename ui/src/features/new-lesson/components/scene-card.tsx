import { ArrowDown, ArrowUp, Pause, Scissors, Trash2, UnfoldVertical } from "lucide-react";
import { useRef } from "react";
import { Button, IconButton } from "@/components/button";
import { TextArea, TextField } from "@/components/text-field";
import { toast } from "@/components/toast-queue";
import { SceneSlide } from "@/features/new-lesson/components/scene-slide";
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
const PAUSE = "[pause 0.8s]";

interface Props {
  scene: PlannedScene;
  at: number;
  scenes: PlannedScene[];
  change: (next: (scenes: PlannedScene[]) => PlannedScene[]) => void;
  remove: () => void;
}

/** A scene: its words, and what can be done with it. */
export function SceneCard(props: Props) {
  const { scene, at, change } = props;
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
            change((now) => changed(now, scene.key, { title }));
          }}
        />
        <TextArea
          ref={area}
          label={words.narration}
          value={scene.narration}
          maxLength={20_000}
          error={scene.narration.trim() ? undefined : words.empty}
          onChange={(narration) => {
            change((now) => changed(now, scene.key, { narration }));
          }}
        />
        <Tools {...props} cursor={() => area.current?.selectionStart ?? null} />
        <SceneSlide
          number={at + 1}
          id={scene.slideId}
          change={(slideId) => {
            change((now) => changed(now, scene.key, { slideId }));
          }}
        />
      </div>
    </li>
  );
}

function Head({ scene, at, scenes, change, remove }: Props) {
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
            change((now) => moved(now, at, -1));
          }}
        >
          <ArrowUp aria-hidden className="size-4" />
        </IconButton>
        <IconButton
          label={words.down(at + 1)}
          isDisabled={at === scenes.length - 1}
          onPress={() => {
            change((now) => moved(now, at, 1));
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

function Tools({ scene, at, scenes, change, cursor }: Props & { cursor: () => number | null }) {
  const { narration, key } = scene;
  return (
    <div className="-ml-3 flex flex-wrap gap-x-1">
      <Button
        look="quiet"
        onPress={() => {
          const place = cursor() ?? narration.length;
          const said = `${narration.slice(0, place).trimEnd()} ${PAUSE} ${narration.slice(place).trimStart()}`;
          change((now) => changed(now, key, { narration: said }));
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
          else change((now) => split(now, at, place));
        }}
      >
        <Scissors aria-hidden className="size-4" />
        {words.split}
      </Button>
      {at < scenes.length - 1 && (
        <Button
          look="quiet"
          onPress={() => {
            change((now) => merged(now, at));
          }}
        >
          <UnfoldVertical aria-hidden className="size-4" />
          {words.merge}
        </Button>
      )}
    </div>
  );
}
