import { EventSourceParserStream, type EventSourceMessage } from "eventsource-parser/stream";
import { problemOf, ApiProblem } from "@/client/problem";

/**
 * `live`: events come as they happen. `waiting`: the line was cut, and is tried again.
 * `offline`: the browser has no network. `ended`: the last event has been seen.
 */
export type LineState = "connecting" | "live" | "waiting" | "offline" | "ended" | "refused";

export interface Line {
  /** The address below the studio, as `/api/jobs/…/events`. */
  path: string;
  /** The id of the last event already known, if any. */
  after?: string;
  onEvent: (event: EventSourceMessage) => void;
  onState: (state: LineState, problem?: ApiProblem) => void;
  signal: AbortSignal;
}

export interface Means {
  fetch: (request: Request) => Promise<Response>;
  /** Waits, but not longer than until the signal ends it. */
  pause: (milliseconds: number, signal: AbortSignal) => Promise<void>;
}

const FIRST_PAUSE = 1_000;
const LONGEST_PAUSE = 30_000;
/** The studio sends something every 15 seconds; a line this silent is dead. */
export const SILENCE = 45_000;

/**
 * Reads server-sent events until the last one, over as many connections as it takes; each goes on
 * after the last event seen. Returns when the line has ended, is refused, or the signal ends it.
 */
export async function readEvents(line: Line, means: Means): Promise<void> {
  let { after } = line;
  let failures = 0;
  const hear = (event: EventSourceMessage) => {
    // the sign-in has ended: the next request is refused, and waits until somebody signs in again
    if (event.event === "problem") return;
    if (event.id) after = event.id;
    failures = 0;
    line.onEvent(event);
  };
  const stopped = () => line.signal.aborted;
  while (!stopped()) {
    line.onState(navigator.onLine ? "connecting" : "offline");
    const end = await connect(line, after, hear, means).catch((error: unknown) => error);
    if (stopped()) return;
    if (end === "ended") {
      line.onState("ended");
      return;
    }
    if (end instanceof ApiProblem && !end.passing) {
      line.onState("refused", end);
      return;
    }
    line.onState(navigator.onLine ? "waiting" : "offline");
    const pause = Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** failures++);
    await means.pause(pause * (0.75 + Math.random() / 2), line.signal);
  }
}

async function connect(
  line: Line,
  after: string | undefined,
  hear: (event: EventSourceMessage) => void,
  means: Means,
): Promise<"ended" | "cut"> {
  const silence = new AbortController();
  const signal = AbortSignal.any([line.signal, silence.signal]);
  const headers = { Accept: "text/event-stream", ...(after && { "Last-Event-ID": after }) };
  const address = new URL(line.path, location.origin);
  const response = await means.fetch(new Request(address, { headers, signal }));
  // a reader who has everything of a job that has ended
  if (response.status === 204) return "ended";
  if (!response.ok) throw await problemOf(response);
  if (!response.body) return "cut";
  line.onState("live");
  await listen(response.body, hear, silence);
  return "cut";
}

async function listen(
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
  hear: (event: EventSourceMessage) => void,
  silence: AbortController,
): Promise<void> {
  let dead: ReturnType<typeof setTimeout> | undefined;
  const alive = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
    transform(chunk, on) {
      clearTimeout(dead);
      dead = setTimeout(() => {
        silence.abort();
      }, SILENCE);
      on.enqueue(chunk);
    },
  });
  const events = body
    .pipeThrough(alive)
    .pipeThrough(new TextDecoderStream())
    .pipeThrough(new EventSourceParserStream())
    .getReader();
  try {
    for (let next = await events.read(); !next.done; next = await events.read()) hear(next.value);
  } finally {
    clearTimeout(dead);
  }
}

/** Waits; the network's return ends the wait. */
export function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const over = () => {
      clearTimeout(timer);
      removeEventListener("online", over);
      signal.removeEventListener("abort", over);
      resolve();
    };
    const timer = setTimeout(over, milliseconds);
    addEventListener("online", over);
    signal.addEventListener("abort", over);
  });
}
