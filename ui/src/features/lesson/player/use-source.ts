import { useEffect, useEffectEvent, useState, type RefObject } from "react";
import { attachFile, attachStream, type Trouble } from "@/features/lesson/player/attach";

/** A playlist that may still grow, or a finished file whose address can be asked for anew. */
export type Source =
  | { kind: "stream"; playlist: string }
  | { kind: "file"; name: string; freshAddress: () => Promise<string> };

export interface Troubled {
  what: Trouble;
  /** Tries again from the beginning. */
  again: () => void;
}

/** Gives the video element what it plays; what stands in the way, if anything does. */
export function useSource(
  video: RefObject<HTMLVideoElement | null>,
  source: Source,
): Troubled | null {
  const [trouble, setTrouble] = useState<Trouble | null>(null);
  const [tries, setTries] = useState(0);
  const attach = useEffectEvent((element: HTMLVideoElement) =>
    source.kind === "stream"
      ? attachStream(element, source.playlist, setTrouble)
      : attachFile(element, source.freshAddress, setTrouble),
  );
  const what = source.kind === "stream" ? source.playlist : source.name;
  useEffect(() => {
    if (video.current) return attach(video.current);
  }, [video, what, tries]);
  if (trouble === null) return null;
  const again = () => {
    setTrouble(null);
    setTries(tries + 1);
  };
  return { what: trouble, again };
}
