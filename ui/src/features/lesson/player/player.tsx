import { useRef } from "react";
import type { JobRead } from "@/client/schema";
import { Controls } from "@/features/lesson/player/controls";
import { shortcut } from "@/features/lesson/player/keyboard";
import { Overlay } from "@/features/lesson/player/overlay";
import type { Timeline } from "@/features/lesson/player/timeline";
import type { Playback } from "@/features/lesson/player/use-playback";
import { useSource, type Source } from "@/features/lesson/player/use-source";
import { text } from "@/text";

const words = text.lessonPage.player;

/** Plays a lesson, also while it grows. It never starts by itself. */
export function Player({
  job,
  source,
  captions,
  timeline,
  playback,
}: {
  job: JobRead;
  source: Source;
  /** The address of the captions, once there are some. */
  captions: string | undefined;
  timeline: Timeline;
  playback: Playback;
}) {
  const { video, handlers } = playback;
  const frame = useRef<HTMLDivElement>(null);
  const trouble = useSource(video, source);
  return (
    <div
      ref={frame}
      role="group"
      aria-label={words.label(job.title)}
      onKeyDownCapture={(event) => {
        shortcut(event, playback);
      }}
      className="group/player flex flex-col overflow-hidden rounded-large border border-line bg-raised shadow-low"
    >
      <div className="relative flex min-h-0 flex-1 justify-center bg-stage">
        <video
          {...handlers}
          ref={video}
          playsInline
          crossOrigin="anonymous"
          preload="auto"
          aria-label={job.title}
          onClick={playback.toggle}
          className={`block max-h-[min(62dvh,48rem)] w-full object-contain group-[:fullscreen]/player:max-h-full ${SHAPES[job.spec.video?.aspect ?? "1:1"]}`}
        >
          {captions && (
            <track
              key={captions}
              kind="captions"
              src={captions}
              srcLang={job.spec.language}
              label={words.captions}
              default={playback.captioned}
            />
          )}
        </video>
        <Overlay trouble={trouble} playback={playback} timeline={timeline} />
      </div>
      <Controls
        playback={playback}
        timeline={timeline}
        frame={frame}
        captions={captions !== undefined}
      />
    </div>
  );
}

/** The shape of the picture, so that nothing moves when it comes. */
export const SHAPES = {
  "1:1": "aspect-square",
  "16:9": "aspect-video",
  "9:16": "aspect-[9/16]",
} as const;
