/** What is heard, in a word. */
export type Heard = "silent" | "quiet" | "good" | "loud";

const FLOOR_DECIBELS = -60;
const SILENT_DECIBELS = -50;
const QUIET_DECIBELS = -38;
const LOUD_PEAK = 0.97;
/** How far the bar falls from one picture of the screen to the next, at most. */
const FALL_DECIBELS = 0.8;
/** How long a loudness is remembered: nobody speaks without a pause. */
const MEMORY_MILLISECONDS = 1_500;

/** The loudness (RMS, decibels of full scale) and the peak (0..1) of samples in -1..1. */
export function measured(samples: Float32Array): { decibels: number; peak: number } {
  let sum = 0;
  let peak = 0;
  for (const sample of samples) {
    sum += sample * sample;
    peak = Math.max(peak, Math.abs(sample));
  }
  return { decibels: 10 * Math.log10(sum / samples.length || 1e-12), peak };
}

/** How far the meter's bar reaches, 0..1. */
export function barOf(decibels: number): number {
  return Math.min(1, Math.max(0, 1 - decibels / FLOOR_DECIBELS));
}

/** What the bar shows after `shown`: it rises at once and falls slowly, for words are short. */
export function fallen(shown: number, decibels: number): number {
  return Math.max(decibels, Math.max(shown, FLOOR_DECIBELS) - FALL_DECIBELS);
}

/** The loudest of the last moments decides. */
export class Ear {
  #loudest = { decibels: -Infinity, peak: 0, at: -Infinity };

  hear({ decibels, peak }: { decibels: number; peak: number }, now: number): Heard {
    const old = now - this.#loudest.at > MEMORY_MILLISECONDS;
    if (old || decibels >= this.#loudest.decibels) this.#loudest = { decibels, peak, at: now };
    if (this.#loudest.peak >= LOUD_PEAK) return "loud";
    if (this.#loudest.decibels < SILENT_DECIBELS) return "silent";
    return this.#loudest.decibels < QUIET_DECIBELS ? "quiet" : "good";
  }
}

/** Tells how loud a stream is at each picture of the screen, until the returned function is called. */
export function follow(
  stream: MediaStream,
  onLevel: (decibels: number, heard: Heard) => void,
): () => void {
  const context = new AudioContext();
  const analyser = context.createAnalyser();
  context.createMediaStreamSource(stream).connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  const ear = new Ear();
  let shown = FLOOR_DECIBELS;
  let frame = requestAnimationFrame(function look(now) {
    analyser.getFloatTimeDomainData(samples);
    const level = measured(samples);
    shown = fallen(shown, level.decibels);
    onLevel(shown, ear.hear(level, now));
    frame = requestAnimationFrame(look);
  });
  return () => {
    cancelAnimationFrame(frame);
    void context.close();
  };
}
