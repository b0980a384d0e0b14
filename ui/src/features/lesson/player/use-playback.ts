import { useRef, useState, type RefObject } from "react";
import type { Timeline } from "@/features/lesson/player/timeline";

export interface Playback {
  video: RefObject<HTMLVideoElement | null>;
  seconds: number;
  playing: boolean;
  /** It would go on, but has nothing to show yet. */
  waiting: boolean;
  ready: boolean;
  muted: boolean;
  speed: number;
  toggle: () => void;
  seek: (seconds: number) => void;
  playFrom: (seconds: number) => void;
  mute: (muted: boolean) => void;
  captioned: boolean;
  showCaptions: (shown: boolean) => void;
  setSpeed: (speed: number) => void;
  handlers: Handlers;
}

type Handlers = Record<
  | "onPlay"
  | "onPause"
  | "onPlaying"
  | "onWaiting"
  | "onCanPlay"
  | "onSeeked"
  | "onTimeUpdate"
  | "onEmptied"
  | "onVolumeChange"
  | "onRateChange",
  () => void
>;

/** Nobody can seek to the very end of what exists: there is no picture behind it. */
const EDGE_SECONDS = 0.1;

/** What a video element does, and what can be done with it. */
export function usePlayback(timeline: Timeline): Playback {
  const video = useRef<HTMLVideoElement>(null);
  const [state, setState] = useState(STILL);
  const look = (change: Partial<typeof STILL> = {}) => {
    const element = video.current;
    if (element) setState((known) => ({ ...known, ...lookAt(element), ...change }));
  };
  const seek = (seconds: number) => {
    const element = video.current;
    if (!element) return;
    const end = Math.max(0, timeline.existing - EDGE_SECONDS);
    element.currentTime = Math.min(Math.max(0, seconds), end);
    look();
  };
  const play = () => {
    // a browser may refuse, or the wait be broken off: the button shows that it does not play
    video.current?.play().catch(() => {
      look();
    });
  };
  const playFrom = (seconds: number) => {
    seek(seconds);
    play();
  };
  const seen = () => {
    look();
  };
  return {
    ...state,
    video,
    seek,
    playFrom,
    toggle: () => {
      if (video.current?.paused) play();
      else video.current?.pause();
    },
    showCaptions: (captioned) => {
      const mode = captioned ? "showing" : "hidden";
      for (const track of video.current?.textTracks ?? []) track.mode = mode;
      look({ captioned });
    },
    mute: (muted) => {
      if (video.current) video.current.muted = muted;
    },
    setSpeed: (speed) => {
      if (video.current) video.current.playbackRate = speed;
    },
    handlers: {
      onPlay: seen,
      onPause: seen,
      onSeeked: seen,
      onTimeUpdate: seen,
      onVolumeChange: seen,
      onRateChange: seen,
      onPlaying: () => {
        look({ waiting: false });
      },
      onWaiting: () => {
        look({ waiting: true });
      },
      onCanPlay: () => {
        look({ waiting: false, ready: true });
      },
      onEmptied: () => {
        look({ ready: false });
      },
    },
  };
}

const STILL = {
  seconds: 0,
  playing: false,
  waiting: false,
  ready: false,
  muted: false,
  captioned: false,
  speed: 1,
};

function lookAt(video: HTMLVideoElement) {
  return {
    seconds: video.currentTime,
    playing: !video.paused && !video.ended,
    muted: video.muted,
    speed: video.playbackRate,
  };
}
