import { useSyncExternalStore } from "react";
import type { Keeper } from "@/features/new-lesson/keeper";

/** The plan as it is now, and what changes it. */
export function usePlan(keeper: Keeper) {
  const { plan, kept, undo, redo } = useSyncExternalStore(keeper.subscribe, keeper.snapshot);
  return { plan, kept, undo, redo, change: keeper.change };
}
