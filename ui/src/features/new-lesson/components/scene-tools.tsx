import { Pause, Scissors, UnfoldVertical } from "lucide-react";
import { Button } from "@/components/button";
import { toast } from "@/components/toast-queue";
import { Hear } from "@/features/new-lesson/components/hear";
import type { SceneProps } from "@/features/new-lesson/components/scene-card";
import { NumberedName } from "@/features/new-lesson/components/scene-number";
import { changed, cutPlace, merged, split } from "@/features/new-lesson/scenes";
import { text } from "@/text";

const words = text.newLesson.script;
const { did } = words;
const PAUSE = "[pause 0.8s]";

/** What is done with a scene's words, at the cursor where that says where; parts of a row. */
export function SceneTools({
  scene,
  last,
  edit,
  keeper,
  cursor,
}: SceneProps & { cursor: () => number | null }) {
  const { narration, key } = scene;
  return (
    <>
      <Button
        look="quiet"
        onPress={() => {
          const place = cursor() ?? narration.length;
          const said = `${narration.slice(0, place).trimEnd()} ${PAUSE} ${narration.slice(place).trimStart()}`;
          edit(key, did.pause, (now) => changed(now, key, { narration: said }));
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
          else edit(key, did.split, (now, at) => split(now, at, place));
        }}
      >
        <Scissors aria-hidden className="size-4" />
        {words.split}
      </Button>
      {!last && (
        <Button
          look="quiet"
          onPress={() => {
            edit(key, did.merge, merged);
          }}
        >
          <UnfoldVertical aria-hidden className="size-4" />
          {words.merge}
        </Button>
      )}
      <NumberedName id={`${key}-hear`} say={words.hear} />
      <Hear keeper={keeper} narration={narration} aria-labelledby={`${key}-hear`} />
    </>
  );
}
