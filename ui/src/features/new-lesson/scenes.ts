import type { SlideScene, WrittenScene } from "@/client/schema";
import { newIdempotencyKey } from "@/client/idempotency";
import type { PlannedScene } from "@/features/new-lesson/plan";

const SENTENCE_BREAK = /(?<=[.!?]["”’)]?)\s+/;
const SENTENCE_END = /[.!?]["”’)]?\s+/g;

export function planned(written: readonly WrittenScene[]): PlannedScene[] {
  return written.map(({ title, narration }) => newScene(narration, title ?? ""));
}

/** A scene for each slide: its notes are said while it is shown. */
export function fromSlides(slides: readonly SlideScene[]): PlannedScene[] {
  return slides.map(({ title, narration, slide_id: slideId }) => ({
    ...newScene(narration, title ?? ""),
    slideId,
  }));
}

export function newScene(narration = "", title = ""): PlannedScene {
  return { key: newIdempotencyKey(), title, narration, slideId: null };
}

export function changed(
  scenes: readonly PlannedScene[],
  key: string,
  change: Partial<PlannedScene>,
): PlannedScene[] {
  return scenes.map((each) => (each.key === key ? { ...each, ...change } : each));
}

/** The scene one place up (-1) or down (1); as it was at either end. */
export function moved(scenes: readonly PlannedScene[], at: number, by: -1 | 1): PlannedScene[] {
  const scene = scenes[at];
  const other = scenes[at + by];
  if (!scene || !other) return [...scenes];
  return scenes.map((each, place) => (place === at ? other : place === at + by ? scene : each));
}

/** The scene cut in two at a place in its narration. */
export function split(scenes: readonly PlannedScene[], at: number, place: number): PlannedScene[] {
  return scenes.flatMap((each, index) => {
    if (index !== at) return [each];
    const first = each.narration.slice(0, place).trimEnd();
    const rest = each.narration.slice(place).trimStart();
    return first && rest ? [{ ...each, narration: first }, newScene(rest)] : [each];
  });
}

/** Where to cut: at the cursor if it is within the text, else between the middle sentences. */
export function cutPlace(narration: string, cursor: number | null): number | null {
  if (cursor !== null && narration.slice(0, cursor).trim() && narration.slice(cursor).trim())
    return cursor;
  const ends = [...narration.matchAll(SENTENCE_END)].map((end) => end.index + end[0].length);
  const inside = ends.filter((end) => narration.slice(end).trim());
  const off = (end: number) => Math.abs(end - narration.length / 2);
  return inside.sort((a, b) => off(a) - off(b))[0] ?? null;
}

/** The scene and the one after it as one. */
export function merged(scenes: readonly PlannedScene[], at: number): PlannedScene[] {
  const scene = scenes[at];
  const next = scenes[at + 1];
  if (!scene || !next) return [...scenes];
  const whole = {
    ...scene,
    title: scene.title || next.title,
    narration: [scene.narration.trimEnd(), next.narration.trimStart()].filter(Boolean).join("\n\n"),
    slideId: scene.slideId ?? next.slideId,
  };
  return [...scenes.slice(0, at), whole, ...scenes.slice(at + 2)];
}

/** The first sentence that holds a word, to hear it in; the word alone where none does. */
export function sentenceWith(scenes: readonly PlannedScene[], word: string): string {
  const wanted = word.trim().toLowerCase();
  if (!wanted) return "";
  const sentences = scenes.flatMap(({ narration }) => narration.split(SENTENCE_BREAK));
  return sentences.find((each) => each.toLowerCase().includes(wanted))?.trim() ?? word.trim();
}

/** The whole as a text that is measured. */
export function asText(scenes: readonly PlannedScene[]): string {
  return scenes.map(({ narration }) => narration.trim()).join("\n\n");
}
