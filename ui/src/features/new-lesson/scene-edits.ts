import type { Keeper } from "@/features/new-lesson/keeper";
import type { PlannedScene } from "@/features/new-lesson/plan";

/**
 * Changes the scenes where one of them stands (`at`, from 0); says what was done by its number, from
 * 1, and where it was typed if it was.
 */
export type Edit = (
  key: string,
  said: (number: number) => string,
  next: (scenes: PlannedScene[], at: number) => PlannedScene[],
  typing?: string,
) => void;

/** It finds the scene when it is used: where scenes stand may change without drawing them anew. */
export function editOf(keeper: Keeper): Edit {
  return (key, said, next, typing) => {
    const { scenes } = keeper.snapshot().plan;
    const at = scenes.findIndex((each) => each.key === key);
    if (at >= 0) keeper.edit(said(at + 1), { scenes: next(scenes, at) }, typing);
  };
}
