import { loading, Outdated } from "@/client/outdated";

/**
 * How a video element gets its pictures. Each function returns what lets go of it again.
 *
 * `impossible`: this browser cannot play a lesson that still grows. `broken`: it could not be
 * loaded, several times over. `outdated`: the code that plays it is not there any more.
 */
export type Trouble = "impossible" | "broken" | "outdated";

const RESTS = 5;
const REST_MILLISECONDS = 3_000;

/** Plays a lesson while it grows. */
export function attachStream(
  video: HTMLVideoElement,
  playlist: string,
  onTrouble: (trouble: Trouble) => void,
): () => void {
  const gone = new AbortController();
  void stream(video, playlist, gone.signal, onTrouble).catch((error: unknown) => {
    onTrouble(error instanceof Outdated ? "outdated" : "broken");
  });
  return () => {
    gone.abort();
  };
}

const streaming = loading(() =>
  Promise.all([import("hls.js/light"), import("@/features/lesson/player/signed-playlists")]),
);

async function stream(
  video: HTMLVideoElement,
  playlist: string,
  gone: AbortSignal,
  onTrouble: (trouble: Trouble) => void,
): Promise<void> {
  const [{ default: Hls, Events, ErrorTypes }, { SignedPlaylists }] = await streaming();
  if (gone.aborted) return;
  if (!Hls.isSupported()) {
    onTrouble("impossible");
    return;
  }
  const hls = new Hls({ enableWorker: false, startPosition: 0, pLoader: SignedPlaylists });
  let rests = 0;
  hls.on(Events.LEVEL_LOADED, () => (rests = 0));
  hls.on(Events.ERROR, (_, { fatal, type }) => {
    if (!fatal) return;
    if (type === ErrorTypes.MEDIA_ERROR) hls.recoverMediaError();
    else if (++rests > RESTS) onTrouble("broken");
    else
      setTimeout(() => {
        if (!gone.aborted) hls.startLoad();
      }, REST_MILLISECONDS);
  });
  gone.addEventListener("abort", () => {
    hls.destroy();
  });
  const goesOn = () => !video.paused;
  const wanted = goesOn();
  hls.loadSource(playlist);
  hls.attachMedia(video);
  // a press on Play from before there was anything to play
  if (wanted && !goesOn()) await video.play().catch(() => undefined);
}

/** Plays a finished file. Its address works for a while only: where it ends, a new one goes on. */
export function attachFile(
  video: HTMLVideoElement,
  freshAddress: () => Promise<string>,
  onTrouble: (trouble: Trouble) => void,
): () => void {
  const gone = new AbortController();
  const { signal } = gone;
  let works = true;
  const load = async () => {
    const [at, goesOn] = [video.currentTime, !video.paused];
    const address = await freshAddress();
    if (signal.aborted) return;
    video.src = address;
    video.currentTime = at;
    if (goesOn) await video.play();
  };
  const again = () => {
    if (!works) onTrouble("broken");
    else
      void load().catch(() => {
        if (!signal.aborted) onTrouble("broken");
      });
    works = false;
  };
  video.addEventListener("error", again, { signal });
  video.addEventListener("canplay", () => (works = true), { signal });
  again();
  works = true;
  return () => {
    gone.abort();
    video.removeAttribute("src");
    video.load();
  };
}
