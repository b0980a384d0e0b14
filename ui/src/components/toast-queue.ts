import type { ReactNode } from "react";
import { UNSTABLE_ToastQueue as ToastQueue } from "react-aria-components/Toast";
import { explained } from "@/client/problem";

export interface ToastSaid {
  kind: "good" | "bad";
  title: string;
  text?: string | null;
  /** A button, as “Undo”. */
  action?: ReactNode;
}

const SHOWN = 3;
const READING_MILLISECONDS = 6_000;
/** As long as a deletion can be taken back. */
export const UNDO_MILLISECONDS = 10_000;

export const toasts = new ToastQueue<ToastSaid>({ maxVisibleToasts: SHOWN });

/** Says that something has finished. Returns what closes it. */
export function toast(
  title: string,
  more: Partial<ToastSaid> = {},
  timeout = READING_MILLISECONDS,
) {
  const key = toasts.add({ kind: "good", title, ...more }, { timeout });
  return () => {
    toasts.close(key);
  };
}

/** Says that something went wrong that no form shows. It stays until it is dismissed. */
export function toastProblem(error: unknown): void {
  const { sentence, advice } = explained(error);
  toasts.add({ kind: "bad", title: sentence, text: advice });
}
