import type { SceneRead } from "@/client/schema";

/** About how fast narrations are spoken, where nobody has spoken them yet. */
const CHARACTERS_A_SECOND = 15;

export interface Span {
  index: number;
  start: number;
  seconds: number;
  /** Whether it can be played: it is filmed, and so are all before it. */
  exists: boolean;
}

export interface Timeline {
  spans: Span[];
  /** How far the lesson exists. */
  existing: number;
  /** How long it is, or will be about. */
  total: number;
}

/** Where the scenes stand in time; in seconds. */
export function timelineOf(scenes: readonly SceneRead[]): Timeline {
  const spans: Span[] = [];
  let [start, exists] = [0, true];
  for (const scene of scenes) {
    const seconds = scene.seconds ?? scene.narration.length / CHARACTERS_A_SECOND;
    exists &&= scene.status === "filmed";
    spans.push({ index: scene.index, start, seconds, exists });
    start += seconds;
  }
  const existing = spans.filter((span) => span.exists).at(-1);
  return { spans, existing: existing ? existing.start + existing.seconds : 0, total: start };
}

/** The scene that is shown at a time; the last one also after its end. */
export function spanAt({ spans }: Timeline, seconds: number): Span | null {
  return spans.findLast(({ start }) => start <= seconds) ?? null;
}

/** “1:05”, “1:02:05”. */
export function clock(seconds: number): string {
  const whole = Math.floor(Math.max(0, seconds));
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  const rest = String(whole % 60).padStart(2, "0");
  return hours ? `${hours}:${String(minutes).padStart(2, "0")}:${rest}` : `${minutes}:${rest}`;
}
