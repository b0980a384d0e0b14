import { forgetKept, keepFor, keptBy } from "@/client/kept";
import { planFrom, type Plan } from "@/features/batches/plan";

const WHAT = "batch";

/** What was being put together here, by whoever is signed in. */
export function begunPlan(userId: string): Plan {
  const kept = keptBy(userId, WHAT);
  return planFrom(kept === null ? {} : JSON.parse(kept));
}

/** False where the browser has no room for it. */
export function keepPlan(userId: string, plan: Plan): boolean {
  return keepFor(userId, WHAT, JSON.stringify(plan));
}

export function forgetPlan(userId: string): void {
  forgetKept(userId, WHAT);
}
