/** Why a microphone or camera cannot be used. */
export type CaptureFault = "refused" | "missing" | "busy" | "impossible";

/** What a recording is made of, best first; not every browser knows each. */
const KINDS = ["audio/webm;codecs=opus", "audio/mp4", "audio/ogg;codecs=opus"];
/** As it is: what cleans a call up takes something away from the voice. */
const PLAIN: MediaTrackConstraints = {
  echoCancellation: false,
  noiseSuppression: false,
  autoGainControl: false,
};

/** A recording under way. */
export interface Take {
  stream: MediaStream;
  /** Ends it; the recording, as a file. */
  stop: () => Promise<File>;
  /** Ends it; nothing is kept. */
  drop: () => void;
}

/** Opens a microphone or camera. Throws DOMException, and TypeError where pages may not ask. */
export function open(wanted: MediaStreamConstraints): Promise<MediaStream> {
  const devices = (navigator as { mediaDevices?: MediaDevices }).mediaDevices;
  return devices ? devices.getUserMedia(wanted) : Promise.reject(new TypeError("no devices"));
}

export function close(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop();
}

/** Opens the microphone and records; `name` is the file's, without its ending. */
export async function record(name: string): Promise<Take> {
  const stream = await open({ audio: PLAIN });
  const kind = KINDS.find((each) => MediaRecorder.isTypeSupported(each));
  const recorder = new MediaRecorder(stream, { mimeType: kind, audioBitsPerSecond: 128_000 });
  const parts: Blob[] = [];
  recorder.ondataavailable = ({ data }) => parts.push(data);
  recorder.start();
  const stop = () =>
    new Promise<File>((resolve) => {
      recorder.onstop = () => {
        close(stream);
        resolve(fileOf(parts, name, recorder.mimeType));
      };
      // a microphone that was pulled out has ended it already
      if (recorder.state === "inactive") recorder.onstop(new Event("stop"));
      else recorder.stop();
    });
  const drop = () => {
    if (recorder.state !== "inactive") recorder.stop();
    close(stream);
  };
  return { stream, stop, drop };
}

function fileOf(parts: Blob[], name: string, mimeType: string): File {
  const type = mimeType.split(";")[0] ?? "";
  return new File(parts, `${name}.${type === "audio/mp4" ? "m4a" : (type.split("/")[1] ?? "")}`, {
    type,
  });
}

export function faultOf(error: unknown): CaptureFault {
  const name = error instanceof DOMException ? error.name : "";
  if (name === "NotAllowedError" || name === "SecurityError") return "refused";
  if (name === "NotFoundError" || name === "OverconstrainedError") return "missing";
  return error instanceof TypeError ? "impossible" : "busy";
}
