import type { DraftAsk, DraftRead } from "@/client/schema";
import { ApiProblem } from "@/client/problem";
import { History, type Scripted } from "@/features/new-lesson/history";
import { planFrom, type Plan } from "@/features/new-lesson/plan";

/** How soon what is typed is on its way to the server. */
export const KEEP_MILLISECONDS = 700;
const AGAIN_MILLISECONDS = 4_000;

export type Kept = "kept" | "keeping" | "failed" | "elsewhere" | "gone";
export interface Snapshot {
  plan: Plan;
  kept: Kept;
  /** What can be undone and done again of the scenes, in words. */
  undo: string | null;
  redo: string | null;
}
/** Replaces the draft at a version (null: any). Throws ApiProblem, Unreachable. */
export type Replace = (id: string, version: number | null, ask: DraftAsk) => Promise<DraftRead>;

/** A plan and its draft on the server: what changes is sent there soon, one request at a time. */
export class Keeper {
  readonly id: string;
  readonly #replace: Replace;
  readonly #untitled: string;
  readonly #history = new History();
  readonly #listeners = new Set<() => void>();
  #version: number | null;
  #snapshot: Snapshot;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #sending: Promise<void> | null = null;
  #closed = false;

  constructor(draft: DraftRead, replace: Replace, untitled: string) {
    this.id = draft.id;
    this.#version = draft.version;
    this.#snapshot = { plan: planFrom(draft.content), kept: "kept", undo: null, redo: null };
    this.#replace = replace;
    this.#untitled = untitled;
  }

  get version(): number | null {
    return this.#version;
  }

  /** Whether a draft that was read says nothing new: what is here may be sent while one is read. */
  isAsNewAs({ version }: DraftRead): boolean {
    return (this.#version ?? 0) >= version || this.#snapshot.kept === "keeping";
  }

  /** For `useSyncExternalStore`. */
  snapshot = (): Snapshot => this.#snapshot;
  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  change = (change: Partial<Plan>): void => {
    const { plan, kept } = this.#snapshot;
    const lost = kept === "elsewhere" || kept === "gone";
    this.#say({ plan: { ...plan, ...change }, kept: lost ? kept : "keeping" });
    if (!lost) this.#timer ??= setTimeout(() => void this.keep(), KEEP_MILLISECONDS);
  };

  /** A change of the scenes that can be undone; `typing` says where it was typed, if it was. */
  edit = (said: string, change: Partial<Scripted>, typing: string | null = null): void => {
    this.#history.note(said, this.#scripted(), typing);
    this.change(change);
  };

  undo = (): void => {
    const before = this.#history.undo(this.#scripted());
    if (before) this.change(before);
  };

  redo = (): void => {
    const after = this.#history.redo(this.#scripted());
    if (after) this.change(after);
  };

  /** Whether the last thing done to the scenes was typing. */
  get typed(): boolean {
    return this.#history.typed;
  }

  #scripted(): Scripted {
    const { scenes, draftLabel } = this.#snapshot.plan;
    return { scenes, draftLabel };
  }

  /** Keeps what is here, whatever was changed elsewhere. */
  overwrite = (): void => {
    this.#version = null;
    this.#say({ kept: "keeping" });
    void this.keep();
  };

  /** The draft is deleted: nothing is sent any more. */
  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    removeEventListener("beforeunload", this.#askToStay);
  }

  /** Sends what is not on the server yet. */
  async keep(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#sending) {
      await this.#sending;
      return this.keep();
    }
    if (this.#closed || this.#snapshot.kept === "kept") return;
    this.#sending = this.#send(this.#snapshot.plan);
    await this.#sending.finally(() => {
      this.#sending = null;
    });
  }

  async #send(plan: Plan): Promise<void> {
    const title = plan.title.trim() || this.#untitled;
    try {
      const { version } = await this.#replace(this.id, this.#version, { title, content: plan });
      this.#version = version;
      if (this.#snapshot.plan === plan) this.#say({ kept: "kept" });
    } catch (error) {
      this.#fail(error);
    }
  }

  #fail(error: unknown): void {
    const status = error instanceof ApiProblem ? error.status : null;
    if (status === 412 || status === 409) this.#say({ kept: "elsewhere" });
    else if (status === 404) this.#say({ kept: "gone" });
    else {
      this.#say({ kept: "failed" });
      if (!this.#closed) this.#timer ??= setTimeout(() => void this.keep(), AGAIN_MILLISECONDS);
    }
  }

  /** A page that is closed sends nothing more: whoever closes it is asked, and it is sent now. */
  #askToStay = (event: BeforeUnloadEvent): void => {
    event.preventDefault();
    void this.keep();
  };

  #say(said: Partial<Snapshot>): void {
    const { last: undo, next: redo } = this.#history;
    this.#snapshot = { ...this.#snapshot, ...said, undo, redo };
    const { kept } = this.#snapshot;
    const unsent = !this.#closed && (kept === "keeping" || kept === "failed");
    (unsent ? addEventListener : removeEventListener)("beforeunload", this.#askToStay);
    for (const listener of this.#listeners) listener();
  }
}
