import { useReducer, useRef } from "react";
import { faultOf, record, type CaptureFault, type Take } from "@/components/recorder-sound";

export type Recording =
  | { is: "idle" }
  | { is: "asking" }
  | { is: "refused"; fault: CaptureFault }
  | { is: "recording"; take: Take; seconds: number }
  | { is: "recorded"; file: File; address: string; seconds: number };

export type Happening =
  | { did: "ask" | "tick" | "forget" }
  | { did: "refuse"; fault: CaptureFault }
  | { did: "start"; take: Take }
  | { did: "end"; file: File; address: string; seconds: number };

/** What a recording is after something happened. */
export function afterwards(now: Recording, happening: Happening): Recording {
  switch (happening.did) {
    case "ask":
      return { is: "asking" };
    case "refuse":
      return { is: "refused", fault: happening.fault };
    case "start":
      return { is: "recording", take: happening.take, seconds: 0 };
    case "tick":
      return now.is === "recording" ? { ...now, seconds: now.seconds + 1 } : now;
    case "end": {
      const { file, address, seconds } = happening;
      return { is: "recorded", file, address, seconds };
    }
    case "forget":
      return { is: "idle" };
  }
}

/**
 * Records a voice; after `mostSeconds` it ends by itself. `show` is the ref of what shows it: when
 * that goes, the microphone is closed.
 */
export function useRecorder(name: string, mostSeconds: number) {
  const [recording, happen] = useReducer(afterwards, { is: "idle" });
  const shown = useRef(false);
  const under = useRef<{ take: Take; clock: ReturnType<typeof setInterval> } | null>(null);
  const release = () => {
    const now = under.current;
    under.current = null;
    if (now) clearInterval(now.clock);
    return now?.take;
  };
  const stop = async (seconds: number) => {
    const take = release();
    if (!take) return;
    const file = await take.stop();
    happen({ did: "end", file, address: URL.createObjectURL(file), seconds });
  };
  const count = () => {
    let seconds = 0;
    return setInterval(() => {
      seconds += 1;
      happen({ did: "tick" });
      if (seconds >= mostSeconds) void stop(seconds);
    }, 1_000);
  };
  const forget = () => {
    if (recording.is === "recorded") URL.revokeObjectURL(recording.address);
    happen({ did: "forget" });
  };
  const start = async () => {
    forget();
    happen({ did: "ask" });
    try {
      const take = await record(name);
      // whoever was asked for long may have gone meanwhile
      if (!shown.current) {
        take.drop();
        return;
      }
      under.current = { take, clock: count() };
      happen({ did: "start", take });
    } catch (error) {
      happen({ did: "refuse", fault: faultOf(error) });
    }
  };
  const show = () => {
    shown.current = true;
    return () => {
      shown.current = false;
      release()?.drop();
    };
  };
  return { recording, start, stop, show };
}
