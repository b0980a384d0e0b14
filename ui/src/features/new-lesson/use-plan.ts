import { useSyncExternalStore } from "react";
import type { Keeper, Snapshot } from "@/features/new-lesson/keeper";

/** The plan as it is now, and what changes it. */
export function usePlan(keeper: Keeper) {
  const { plan } = useSyncExternalStore(keeper.subscribe, keeper.snapshot);
  return { plan, change: keeper.change };
}

/** A part of what is there: what uses it is drawn anew when that part becomes another. */
export function usePart<T>(keeper: Keeper, part: (now: Snapshot) => T): T {
  return useSyncExternalStore(keeper.subscribe, () => part(keeper.snapshot()));
}

/** Whether there are scenes already. */
export function useBegan(keeper: Keeper): boolean {
  return usePart(keeper, ({ plan }) => plan.scenes.length > 0);
}
