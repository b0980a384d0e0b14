import { planFrom, type Plan } from "@/features/batches/plan";

/** What is being put together is kept in this tab, for whoever is signed in: reloading loses nothing. */
const place = (userId: string) => `lectern-batch ${userId}`;

export function begunPlan(userId: string): Plan {
  const kept = sessionStorage.getItem(place(userId));
  return planFrom(kept === null ? {} : JSON.parse(kept));
}

/** False where the tab has no room for it. */
export function keepPlan(userId: string, plan: Plan): boolean {
  try {
    sessionStorage.setItem(place(userId), JSON.stringify(plan));
    return true;
  } catch (error) {
    if (error instanceof DOMException && error.name === "QuotaExceededError") return false;
    throw error;
  }
}

export function forgetPlan(userId: string): void {
  sessionStorage.removeItem(place(userId));
}
