import { useSyncExternalStore } from "react";
import { sendFile } from "@/client/send-file";
import type { AssetKind, AssetRead } from "@/client/schema";
import { toast, toastProblem } from "@/components/toast-queue";
import { text } from "@/text";

/** A file on its way; once it has arrived, it is in the library and no longer here. */
export interface Upload {
  id: number;
  kind: AssetKind;
  file: File;
  state: "waiting" | "sending" | "failed";
  /** How much of it is sent, 0 to 1. */
  share: number;
  error: unknown;
}

/** Gets the file as it was taken; null when it was refused. */
type OnEnd = (asset: AssetRead | null) => void;

const AT_ONCE = 2;
let uploads: readonly Upload[] = [];
let count = 0;
const arrivals = new Map<number, OnEnd>();
const listeners = new Set<() => void>();

/** Sends files, two at a time. They go on when the page is left for another of the studio's. */
export function startUploads(kind: AssetKind, files: readonly File[], onEnd: OnEnd): void {
  const fresh = files.map((file) => {
    count += 1;
    arrivals.set(count, onEnd);
    return { id: count, kind, file, state: "waiting", share: 0, error: null } as const;
  });
  keep([...uploads, ...fresh]);
  sendNext();
}

/** Sends one again that was not taken. */
export function sendAgain(id: number): void {
  change(id, { state: "waiting", share: 0, error: null });
  sendNext();
}

export function dismiss(id: number): void {
  arrivals.delete(id);
  keep(uploads.filter((each) => each.id !== id));
}

/** The files on their way, and those that were refused. */
export function useUploads(): readonly Upload[] {
  return useSyncExternalStore(subscribe, () => uploads);
}

function sendNext(): void {
  const busy = uploads.filter(({ state }) => state === "sending").length;
  const next = uploads.filter(({ state }) => state === "waiting").slice(0, AT_ONCE - busy);
  for (const upload of next) void send(upload);
}

async function send({ id, kind, file }: Upload): Promise<void> {
  change(id, { state: "sending" });
  try {
    const asset = await sendFile(kind, file, (share) => {
      change(id, { share });
    });
    arrivals.get(id)?.(asset);
    dismiss(id);
    // who sees the library sees it come
    if (listeners.size === 0) toast(text.library.upload.done(asset.name));
  } catch (error) {
    change(id, { state: "failed", error });
    arrivals.get(id)?.(null);
    if (listeners.size === 0) toastProblem(error);
  }
  sendNext();
}

function change(id: number, changes: Partial<Upload>): void {
  keep(uploads.map((each) => (each.id === id ? { ...each, ...changes } : each)));
}

function keep(next: readonly Upload[]): void {
  uploads = next;
  for (const listener of listeners) listener();
  const unsent = uploads.some(({ state }) => state !== "failed");
  (unsent ? addEventListener : removeEventListener)("beforeunload", askToStay);
}

/** A page that is closed sends nothing more. */
function askToStay(event: BeforeUnloadEvent): void {
  event.preventDefault();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
