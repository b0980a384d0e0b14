import {
  Captions,
  CaptionsOff,
  Maximize,
  Minimize,
  Pause,
  Play,
  Volume2,
  VolumeX,
} from "lucide-react";
import { useSyncExternalStore, type RefObject } from "react";
import { IconButton } from "@/components/button";
import { SeekBar } from "@/features/lesson/player/seek-bar";
import { Speed } from "@/features/lesson/player/speed";
import { clock, type Timeline } from "@/features/lesson/player/timeline";
import type { Playback } from "@/features/lesson/player/use-playback";
import { text } from "@/text";

const words = text.lessonPage.player;

/** What steers the player: a bar below the picture. */
export function Controls({
  playback,
  timeline,
  frame,
  captions,
}: {
  playback: Playback;
  timeline: Timeline;
  frame: RefObject<HTMLElement | null>;
  captions: boolean;
}) {
  const { playing, muted } = playback;
  const [PlayIcon, SoundIcon] = [playing ? Pause : Play, muted ? VolumeX : Volume2];
  return (
    <div className="px-3 pt-2 pb-2">
      <SeekBar playback={playback} timeline={timeline} />
      <div className="flex items-center gap-1">
        <IconButton label={playing ? words.pause : words.play} onPress={playback.toggle}>
          <PlayIcon aria-hidden className="size-5 fill-current" />
        </IconButton>
        <Times seconds={playback.seconds} timeline={timeline} />
        <div className="ml-auto flex items-center">
          <Speed playback={playback} />
          <IconButton
            label={muted ? words.unmute : words.mute}
            onPress={() => {
              playback.mute(!muted);
            }}
          >
            <SoundIcon aria-hidden className="size-5" />
          </IconButton>
          {captions && <CaptionsButton playback={playback} />}
          <FullScreen frame={frame} />
        </div>
      </div>
    </div>
  );
}

function Times({ seconds, timeline }: { seconds: number; timeline: Timeline }) {
  const whole = timeline.existing >= timeline.total;
  const end = clock(timeline.total);
  return (
    <span className="text-small text-muted tabular-nums">
      {words.time(clock(seconds), whole ? end : words.about(end))}
    </span>
  );
}

function CaptionsButton({ playback }: { playback: Playback }) {
  const { captioned, showCaptions } = playback;
  const Icon = captioned ? CaptionsOff : Captions;
  return (
    <IconButton
      label={captioned ? words.captionsOff : words.captionsOn}
      onPress={() => {
        showCaptions(!captioned);
      }}
    >
      <Icon aria-hidden className="size-5" />
    </IconButton>
  );
}

function FullScreen({ frame }: { frame: RefObject<HTMLElement | null> }) {
  const full = useSyncExternalStore(
    (changed) => {
      document.addEventListener("fullscreenchange", changed);
      return () => {
        document.removeEventListener("fullscreenchange", changed);
      };
    },
    () => document.fullscreenElement !== null,
  );
  const Icon = full ? Minimize : Maximize;
  if (!document.fullscreenEnabled) return null;
  return (
    <IconButton
      label={full ? words.leaveFullscreen : words.fullscreen}
      onPress={() => void (full ? document.exitFullscreen() : frame.current?.requestFullscreen())}
    >
      <Icon aria-hidden className="size-5" />
    </IconButton>
  );
}
