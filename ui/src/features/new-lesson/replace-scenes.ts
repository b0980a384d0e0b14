import { sayUndo } from "@/components/say-undo";
import type { Keeper } from "@/features/new-lesson/keeper";
import type { PlannedScene } from "@/features/new-lesson/plan";
import { text } from "@/text";

const words = text.newLesson.script;

/** The scenes from before can be taken back for a while. */
export function replaceScenes(
  keeper: Keeper,
  next: PlannedScene[],
  draftLabel: string | null,
): void {
  const { scenes, draftLabel: labelBefore } = keeper.snapshot().plan;
  keeper.edit(words.did.replace, { scenes: next, draftLabel });
  if (scenes.length === 0) return;
  sayUndo(words.replaced, () => {
    keeper.edit(words.did.restore, { scenes, draftLabel: labelBefore });
  });
}
