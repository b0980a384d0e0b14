import { useSyncExternalStore } from "react";
import { Button } from "@/components/button";
import { toastProblem, toasts, UNDO_MILLISECONDS } from "@/components/toast-queue";
import { text } from "@/text";

let going: ReadonlySet<string> = new Set();
const listeners = new Set<() => void>();

/**
 * Says that what has these ids is gone, and for a while offers to take it back. Only then, or when
 * the page is left, `act` makes it so; until then lists leave it out, see `useGoing`.
 */
export function undoable(title: string, ids: readonly string[], act: () => Promise<unknown>): void {
  let settled = false;
  const settle = (work: () => Promise<unknown>) => {
    if (settled) return;
    settled = true;
    removeEventListener("pagehide", now);
    void work()
      .catch(toastProblem)
      .finally(() => {
        change(ids, false);
      });
  };
  const now = () => {
    settle(act);
  };
  change(ids, true);
  addEventListener("pagehide", now);
  const undo = () => {
    settle(() => Promise.resolve());
    toasts.close(key);
  };
  const action = (
    <Button look="quiet" className="-ml-4 self-start" onPress={undo}>
      {text.common.undo}
    </Button>
  );
  const key = toasts.add(
    { kind: "good", title, action },
    { timeout: UNDO_MILLISECONDS, onClose: now },
  );
}

/** The ids of what is about to be gone. */
export function useGoing(): ReadonlySet<string> {
  return useSyncExternalStore(subscribe, () => going);
}

function change(ids: readonly string[], gone: boolean): void {
  const rest = [...going].filter((id) => !ids.includes(id));
  going = new Set(gone ? [...rest, ...ids] : rest);
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
