import { Slider, SliderThumb, SliderTrack } from "react-aria-components/Slider";
import type { Timeline } from "@/features/lesson/player/timeline";
import type { Playback } from "@/features/lesson/player/use-playback";
import { text } from "@/text";
import { duration } from "@/text/format";

const words = text.lessonPage.player;
const SECONDS = { style: "unit", unit: "second", unitDisplay: "long", maximumFractionDigits: 0 };
const STEP_SECONDS = 0.1;

/** Where in the lesson one is, how far it exists, and where its scenes begin. */
export function SeekBar({ playback, timeline }: { playback: Playback; timeline: Timeline }) {
  const { existing, total } = timeline;
  const end = Math.max(total, existing, STEP_SECONDS);
  return (
    <Slider
      aria-label={words.position}
      formatOptions={SECONDS as Intl.NumberFormatOptions}
      minValue={0}
      maxValue={end}
      step={STEP_SECONDS}
      value={Math.min(playback.seconds, end)}
      onChange={playback.seek}
    >
      <SliderTrack className="relative h-7 cursor-pointer">
        <div
          aria-hidden
          className="absolute inset-x-0 top-1/2 h-1.5 -translate-y-1/2 overflow-hidden rounded-full bg-line"
        >
          <Part of={end} seconds={existing} className="bg-control" />
          <Part of={end} seconds={playback.seconds} className="bg-accent" />
          <Beginnings timeline={timeline} of={end} />
        </div>
        <SliderThumb className="top-1/2 size-4 rounded-full bg-accent shadow-low" />
      </SliderTrack>
      {existing < total && <p className="sr-only">{words.existing(duration(existing))}</p>}
    </Slider>
  );
}

function Part({ of, seconds, className }: { of: number; seconds: number; className: string }) {
  return (
    <div
      className={`absolute inset-0 origin-left ${className}`}
      style={{ transform: `scaleX(${Math.min(1, seconds / of)})` }}
    />
  );
}

function Beginnings({ timeline, of }: { timeline: Timeline; of: number }) {
  return timeline.spans
    .slice(1)
    .map(({ index, start }) => (
      <div
        key={index}
        className="absolute inset-y-0 w-0.5 -translate-x-1/2 bg-raised"
        style={{ left: `${(start / of) * 100}%` }}
      />
    ));
}
