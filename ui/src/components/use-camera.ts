import { useReducer, useRef } from "react";
import { close, faultOf, open, type CaptureFault } from "@/components/recorder-sound";

const COUNTDOWN_SECONDS = 3;
const WANTED: MediaTrackConstraints = {
  facingMode: "user",
  width: { ideal: 1_920 },
  height: { ideal: 1_080 },
};
const QUALITY = 0.95;

export type Shot =
  | { is: "closed"; fault?: CaptureFault }
  | { is: "opening" }
  | { is: "open"; stream: MediaStream; countdown: number | null }
  | { is: "taken"; file: File; address: string };

/**
 * A camera: opened, counted down, and a picture taken. `show` is the ref of what shows it: when that
 * goes, the camera is closed.
 */
export function useCamera(name: string) {
  const [shot, become] = useReducer((_: Shot, next: Shot) => next, { is: "closed" });
  const shown = useRef(false);
  const opened = useRef<MediaStream | null>(null);
  const clock = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const release = () => {
    clearTimeout(clock.current);
    if (opened.current) close(opened.current);
    opened.current = null;
  };
  const start = async () => {
    if (shot.is === "taken") URL.revokeObjectURL(shot.address);
    become({ is: "opening" });
    try {
      const stream = await open({ video: WANTED });
      if (!shown.current) {
        close(stream);
        return;
      }
      opened.current = stream;
      become({ is: "open", stream, countdown: null });
    } catch (error) {
      become({ is: "closed", fault: faultOf(error) });
    }
  };
  const take = async (video: HTMLVideoElement) => {
    const file = await pictureOf(video, name);
    release();
    become({ is: "taken", file, address: URL.createObjectURL(file) });
  };
  const count = (stream: MediaStream, video: HTMLVideoElement, countdown = COUNTDOWN_SECONDS) => {
    become({ is: "open", stream, countdown });
    clock.current = setTimeout(() => {
      if (countdown > 1) count(stream, video, countdown - 1);
      else void take(video);
    }, 1_000);
  };
  const leave = () => {
    release();
    become({ is: "closed" });
  };
  const show = () => {
    shown.current = true;
    return () => {
      shown.current = false;
      release();
    };
  };
  return { shot, start, count, leave, show };
}

/** What the camera sees now, not mirrored. */
async function pictureOf(video: HTMLVideoElement, name: string): Promise<File> {
  const canvas = document.createElement("canvas");
  canvas.width = video.videoWidth;
  canvas.height = video.videoHeight;
  canvas.getContext("2d")?.drawImage(video, 0, 0);
  const blob = await new Promise<Blob | null>((resolve) => {
    canvas.toBlob(resolve, "image/jpeg", QUALITY);
  });
  return new File(blob ? [blob] : [], `${name}.jpg`, { type: "image/jpeg" });
}
