import type { Plan } from "@/features/new-lesson/plan";

/** What undoing gives back. */
export type Scripted = Pick<Plan, "scenes" | "draftLabel">;

interface Deed {
  /** What was done, as “cutting scene 2 in two”. */
  said: string;
  before: Scripted;
  /** Where it was typed: what is typed at one place, one after the other, is one deed. */
  typing: string | null;
}

const REMEMBERED = 100;

/** What was done to the scenes, to be undone and done again. */
export class History {
  #done: Deed[] = [];
  #undone: Deed[] = [];

  /** What `undo` would take back; null where there is nothing. */
  get last(): string | null {
    return this.#done.at(-1)?.said ?? null;
  }

  /** Whether the last deed was typing: fields undo that by themselves. */
  get typed(): boolean {
    return (this.#done.at(-1)?.typing ?? null) !== null;
  }

  /** What `redo` would do again. */
  get next(): string | null {
    return this.#undone.at(-1)?.said ?? null;
  }

  note(said: string, before: Scripted, typing: string | null): void {
    this.#undone = [];
    if (typing !== null && this.#done.at(-1)?.typing === typing) return;
    this.#done = [...this.#done.slice(1 - REMEMBERED), { said, before, typing }];
  }

  undo(now: Scripted): Scripted | null {
    return step(this.#done, this.#undone, now);
  }

  redo(now: Scripted): Scripted | null {
    return step(this.#undone, this.#done, now);
  }
}

function step(from: Deed[], to: Deed[], now: Scripted): Scripted | null {
  const deed = from.pop();
  if (!deed) return null;
  to.push({ ...deed, before: now });
  return deed.before;
}
