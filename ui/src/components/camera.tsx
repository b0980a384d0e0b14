import { Camera as Lens, RotateCcw } from "lucide-react";
import { useCallback, useRef, useState } from "react";
import { Button } from "@/components/button";
import { Notice } from "@/components/notice";
import { useCamera, type Shot } from "@/components/use-camera";
import { text } from "@/text";

const words = text.camera;

interface Asked {
  /** The file's name, without its ending. */
  name: string;
  /** While the picture is being used: what happens to it, in words. */
  pending?: string | false;
  onUse: (file: File) => void;
}

/** Takes a picture of whoever sits in front: seen as in a mirror, after a countdown. */
export function Camera({ name, pending, onUse }: Asked) {
  const { shot, start, count, leave, show } = useCamera(name);
  // one and the same: a ref that changes would close the camera at each render
  const [shown] = useState(() => show);
  return (
    <div ref={shown} className="flex w-full flex-col items-start gap-4">
      {shot.is === "closed" && shot.fault && (
        <Notice kind="bad">{text.capture[shot.fault].camera}</Notice>
      )}
      {(shot.is === "closed" || shot.is === "opening") && (
        <Button pending={shot.is === "opening" && words.opening} onPress={() => void start()}>
          <Lens aria-hidden className="size-4" />
          {words.open}
        </Button>
      )}
      {shot.is === "open" && <Mirror shot={shot} count={count} leave={leave} />}
      {shot.is === "taken" && (
        <Taken shot={shot} pending={pending} again={start} leave={leave} use={onUse} />
      )}
    </div>
  );
}

type Of<Is extends Shot["is"]> = Extract<Shot, { is: Is }>;
const FRAME = "w-full max-w-120 overflow-hidden rounded-large bg-stage";

function Mirror({
  shot: { stream, countdown },
  count,
  leave,
}: {
  shot: Of<"open">;
  count: (stream: MediaStream, video: HTMLVideoElement) => void;
  leave: () => void;
}) {
  const video = useRef<HTMLVideoElement>(null);
  const [ready, setReady] = useState(false);
  const attach = useCallback(
    (element: HTMLVideoElement) => {
      video.current = element;
      element.srcObject = stream;
      return () => {
        element.srcObject = null;
      };
    },
    [stream],
  );
  const counting = countdown !== null;
  return (
    <>
      <div className={`relative ${FRAME}`}>
        <video
          ref={attach}
          autoPlay
          playsInline
          muted
          aria-label={words.preview}
          className="block w-full -scale-x-100"
          onCanPlay={() => {
            setReady(true);
          }}
        />
        <p
          aria-live="assertive"
          className="pointer-events-none absolute inset-x-0 bottom-3 text-center"
        >
          {counting && (
            <span className="rounded bg-stage-veil px-4 py-2 text-title font-semibold text-stage-ink">
              {words.countdown(countdown)}
            </span>
          )}
        </p>
      </div>
      <p className="max-w-120 text-small text-muted">{words.hint}</p>
      <div className="flex flex-wrap gap-3">
        <Button
          look="primary"
          autoFocus
          pending={ready ? counting && words.taking : words.opening}
          onPress={() => {
            if (video.current) count(stream, video.current);
          }}
        >
          {words.shoot}
        </Button>
        <Button look="quiet" onPress={leave}>
          {words.close}
        </Button>
      </div>
    </>
  );
}

function Taken({
  shot: { file, address },
  pending,
  again,
  leave,
  use,
}: {
  shot: Of<"taken">;
  pending: string | false | undefined;
  again: () => Promise<void>;
  leave: () => void;
  use: (file: File) => void;
}) {
  return (
    <>
      <div className={FRAME}>
        <img src={address} alt={words.taken} className="block w-full" />
      </div>
      <div className="flex flex-wrap gap-3">
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
        <Button isDisabled={Boolean(pending)} onPress={() => void again()}>
          <RotateCcw aria-hidden className="size-4" />
          {words.again}
        </Button>
        <Button look="quiet" isDisabled={Boolean(pending)} onPress={leave}>
          {text.common.cancel}
        </Button>
      </div>
    </>
  );
}
