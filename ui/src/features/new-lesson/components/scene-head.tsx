import { ArrowDown, ArrowUp, Trash2 } from "lucide-react";
import { use } from "react";
import { IconButton } from "@/components/button";
import { sayUndo } from "@/components/say-undo";
import type { SceneProps } from "@/features/new-lesson/components/scene-card";
import { NumberedName, SceneNumber } from "@/features/new-lesson/components/scene-number";
import { moved } from "@/features/new-lesson/scenes";
import { roughSeconds } from "@/features/new-lesson/speaking-time";
import { text } from "@/text";
import { duration } from "@/text/format";

const words = text.newLesson.script;
const { did } = words;

/** Which scene it is, how long, and what moves and removes it. */
export function SceneHead({ scene, first, last, edit, keeper }: SceneProps) {
  const { key } = scene;
  const seconds = roughSeconds(scene.narration);
  return (
    <div className="flex items-center justify-between gap-2">
      <h4 className="font-sans font-semibold">
        <Number />{" "}
        {seconds > 0 && (
          <span className="text-small font-normal text-muted">
            {words.about(duration(Math.max(1, seconds)))}
          </span>
        )}
      </h4>
      <div className="-mr-3 flex">
        <NumberedName id={`${key}-up`} say={words.up} />
        <NumberedName id={`${key}-down`} say={words.down} />
        <NumberedName id={`${key}-remove`} say={words.remove} />
        <IconButton
          aria-labelledby={`${key}-up`}
          isDisabled={first}
          onPress={() => {
            edit(key, did.move, (now, at) => moved(now, at, -1));
          }}
        >
          <ArrowUp aria-hidden className="size-4" />
        </IconButton>
        <IconButton
          aria-labelledby={`${key}-down`}
          isDisabled={last}
          onPress={() => {
            edit(key, did.move, (now, at) => moved(now, at, 1));
          }}
        >
          <ArrowDown aria-hidden className="size-4" />
        </IconButton>
        <IconButton
          aria-labelledby={`${key}-remove`}
          onPress={() => {
            remove(key, { edit, keeper });
          }}
        >
          <Trash2 aria-hidden className="size-4" />
        </IconButton>
      </div>
    </div>
  );
}

function Number() {
  return words.scene(use(SceneNumber));
}

/** It can be put back for a while. */
function remove(key: string, { edit, keeper }: Pick<SceneProps, "edit" | "keeper">): void {
  const before = keeper.snapshot().plan.scenes;
  const at = before.findIndex((each) => each.key === key);
  edit(key, did.remove, (now) => now.filter((each) => each.key !== key));
  sayUndo(words.removed(at + 1), () => {
    const { scenes } = keeper.snapshot().plan;
    keeper.edit(did.restore, {
      scenes: [...scenes.slice(0, at), ...before.slice(at, at + 1), ...scenes.slice(at)],
    });
  });
}
