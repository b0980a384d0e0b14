import { Circle, Mic, RotateCcw, Square } from "lucide-react";
import { useCallback, useState, type ReactNode } from "react";
import { Button } from "@/components/button";
import { Notice } from "@/components/notice";
import { barOf, follow, type Heard } from "@/components/recorder-level";
import { useRecorder, type Recording } from "@/components/use-recorder";
import { text } from "@/text";
import { duration } from "@/text/format";

const words = text.recorder;

interface Asked {
  /** The file's name, without its ending. */
  name: string;
  /** Shorter ones cannot be used. */
  leastSeconds: number;
  /** It ends by itself then. */
  mostSeconds: number;
  /** While the recording is being used: what happens to it, in words. */
  pending?: string | false;
  onUse: (file: File) => void;
  /** What is to be read aloud. */
  children?: ReactNode;
}

/** Records a voice: what to read, how loud it is; then listen, record again, or use it. */
export function Recorder({ name, leastSeconds, mostSeconds, pending, onUse, children }: Asked) {
  const { recording, start, stop, show } = useRecorder(name, mostSeconds);
  // one and the same: a ref that changes would close the microphone at each render
  const [shown] = useState(() => show);
  return (
    <div ref={shown} className="flex flex-col gap-4">
      {children && (
        <figure className="rounded border border-line bg-raised p-5">
          <figcaption className="mb-2 text-small text-muted">{words.readAloud}</figcaption>
          <blockquote className="max-w-prose font-serif text-lead">{children}</blockquote>
        </figure>
      )}
      {recording.is === "refused" && (
        <Notice kind="bad">{text.capture[recording.fault].microphone}</Notice>
      )}
      {recording.is === "recording" && (
        <Under recording={recording} least={leastSeconds} most={mostSeconds} stop={stop} />
      )}
      {recording.is === "recorded" ? (
        <Recorded
          recording={recording}
          least={leastSeconds}
          pending={pending}
          again={start}
          use={onUse}
        />
      ) : (
        recording.is !== "recording" && (
          <Button
            className="self-start"
            pending={recording.is === "asking" && words.asking}
            onPress={() => void start()}
          >
            <Mic aria-hidden className="size-4" />
            {words.start}
          </Button>
        )
      )}
    </div>
  );
}

type Of<Is extends Recording["is"]> = Extract<Recording, { is: Is }>;

function Under({
  recording,
  least,
  most,
  stop,
}: {
  recording: Of<"recording">;
  least: number;
  most: number;
  stop: (seconds: number) => Promise<void>;
}) {
  const { take, seconds } = recording;
  return (
    <div className="flex flex-col gap-3 rounded border border-line bg-raised p-5">
      <p className="flex items-center gap-2">
        <Circle aria-hidden className="size-3 fill-current text-bad" />
        <span role="status" className="font-semibold">
          {words.recording}
        </span>
        <span className="ml-auto text-small text-muted tabular-nums">
          {words.time(duration(seconds), duration(most))}
        </span>
      </p>
      <Level stream={take.stream} />
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <Button look="primary" autoFocus onPress={() => void stop(seconds)}>
          <Square aria-hidden className="size-3.5 fill-current" />
          {words.stop}
        </Button>
        {seconds < least && (
          <span className="text-small text-muted">{words.short(duration(least))}</span>
        )}
      </div>
    </div>
  );
}

/** How loud it is. The bar follows the sound without React; the word changes seldom. */
function Level({ stream }: { stream: MediaStream }) {
  const [heard, setHeard] = useState<Heard>("silent");
  const meter = useCallback(
    (bar: HTMLDivElement) =>
      follow(stream, (decibels, now) => {
        bar.style.transform = `scaleX(${barOf(decibels)})`;
        setHeard(now);
      }),
    [stream],
  );
  return (
    <div className="flex flex-col gap-1.5">
      <div
        role="meter"
        aria-label={words.level}
        aria-valuemin={0}
        aria-valuemax={3}
        aria-valuenow={LEVELS.indexOf(heard)}
        aria-valuetext={words.levels[heard]}
        className="h-2 overflow-hidden rounded-full bg-line"
      >
        <div
          ref={meter}
          style={NOTHING_HEARD}
          className={`h-full w-full origin-left transition-none ${heard === "good" ? "bg-good" : "bg-warn"}`}
        />
      </div>
      <p role="status" className="text-small text-muted">
        {words.levels[heard]}
      </p>
    </div>
  );
}

/** One and the same: React leaves what `meter` writes alone. */
const NOTHING_HEARD = { transform: "scaleX(0)" };
const LEVELS: Heard[] = ["silent", "quiet", "good", "loud"];

function Recorded({
  recording: { file, address, seconds },
  least,
  pending,
  again,
  use,
}: {
  recording: Of<"recorded">;
  least: number;
  pending: string | false | undefined;
  again: () => Promise<void>;
  use: (file: File) => void;
}) {
  const short = seconds < least;
  return (
    <div className="flex flex-col gap-3 rounded border border-line bg-raised p-5">
      <p className="flex flex-wrap justify-between gap-x-4">
        <span role="status" className="font-semibold">
          {words.recorded}
        </span>
        <span className="text-small text-muted">{duration(seconds)}</span>
      </p>
      <audio
        controls
        src={address}
        aria-label={words.listen}
        className="w-full"
        onLoadedMetadata={showItsLength}
      />
      {short && <p className="text-small text-bad">{words.short(duration(least))}</p>}
      <div className="flex flex-wrap gap-3">
        {!short && (
          <Button
            look="primary"
            autoFocus
            pending={pending}
            onPress={() => {
              use(file);
            }}
          >
            {words.use}
          </Button>
        )}
        <Button autoFocus={short} isDisabled={Boolean(pending)} onPress={() => void again()}>
          <RotateCcw aria-hidden className="size-4" />
          {words.again}
        </Button>
      </div>
    </div>
  );
}

/** Recordings do not say how long they are; a player that has been at the end knows it. */
function showItsLength({ currentTarget: player }: { currentTarget: HTMLAudioElement }): void {
  if (Number.isFinite(player.duration)) return;
  player.addEventListener(
    "durationchange",
    () => {
      player.currentTime = 0;
    },
    { once: true },
  );
  player.currentTime = Number.MAX_SAFE_INTEGER;
}
