import { Play } from "lucide-react";
import type { ReactNode } from "react";
import { Button } from "@/components/button";
import type { Timeline } from "@/features/lesson/player/timeline";
import type { Playback } from "@/features/lesson/player/use-playback";
import type { Troubled } from "@/features/lesson/player/use-source";
import { text } from "@/text";

const words = text.lessonPage.player;
/** So near its end, what waits, waits for what is not made yet. */
const NEAR_SECONDS = 0.6;

/** Over the picture: the invitation to play, or why nothing moves. */
export function Overlay({
  trouble,
  playback,
  timeline,
}: {
  trouble: Troubled | null;
  playback: Playback;
  timeline: Timeline;
}) {
  const { ready, playing, waiting, seconds } = playback;
  if (trouble?.what === "impossible") return <Said>{words.impossible}</Said>;
  if (trouble?.what === "outdated")
    return (
      <Said>
        {text.errors.updatedPart} <Button onPress={reload}>{text.errors.reload}</Button>
      </Said>
    );
  if (trouble)
    return (
      <Said>
        {words.broken} <Button onPress={trouble.again}>{words.reload}</Button>
      </Said>
    );
  if (playing && waiting) return <Said>{waitsFor(seconds, timeline)}</Said>;
  if (!ready) return <Said>{`${words.loading} …`}</Said>;
  if (playing || seconds > 0) return null;
  return (
    <span
      aria-hidden
      className="pointer-events-none absolute inset-0 m-auto grid size-18 place-items-center rounded-full bg-accent text-accent-ink shadow-high"
    >
      <Play className="ml-1 size-8 fill-current" />
    </span>
  );
}

function reload() {
  location.reload();
}

function waitsFor(seconds: number, { spans, existing }: Timeline): string {
  if (seconds < existing - NEAR_SECONDS) return `${words.loading} …`;
  const next = spans.find(({ exists }) => !exists);
  return next ? words.waitsFor(next.index + 1) : words.waitsForRest;
}

function Said({ children }: { children: ReactNode }) {
  return (
    <div
      role="status"
      className="absolute inset-x-0 bottom-0 flex flex-wrap items-center justify-center gap-3 bg-stage-veil px-4 py-3 text-center text-stage-ink"
    >
      {children}
    </div>
  );
}
