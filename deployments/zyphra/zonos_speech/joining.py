"""Passages made one by one, joined so that nobody hears where: cut in silence, at one loudness."""

from collections.abc import Iterator, Sequence

import numpy as np

from pipeline.lesson import SAMPLE_RATE, Phoneme, Samples, Speech, Word
from pipeline.media.loudness import loudness

HOP = SAMPLE_RATE // 100
"""Samples over which the level is taken: 10 ms."""
SILENT_DB = -45.0
"""Below the loudest 10 ms: what is less is heard as silence."""
FAINTEST = 1e-4
"""A level that is silence whatever else there is."""
LEAD_SECONDS, TAIL_SECONDS = 0.03, 0.08
"""Left of the silence before and after a passage, so that soft onsets and decays are whole."""
FADE_SAMPLES = SAMPLE_RATE // 100
MOST_GAIN_DB = 9.0
LOUDEST = 0.97


def silent_hops(samples: Samples) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Which of the sound's stretches of HOP samples are silent; shape [n]."""
    count = -(-len(samples) // HOP)
    padded = np.pad(samples, (0, count * HOP - len(samples)))
    level = np.sqrt(np.square(padded.reshape(count, HOP)).mean(axis=1))
    floor = max(FAINTEST, float(level.max(initial=0)) * 10 ** (SILENT_DB / 20))
    quiet: np.ndarray[tuple[int], np.dtype[np.bool_]] = level < floor
    return quiet


def sounding_span(samples: Samples) -> tuple[int, int]:
    """From the first sample that is no silence to the last one; (0, 0): all is silence."""
    heard = np.flatnonzero(~silent_hops(samples))
    if not len(heard):
        return 0, 0
    return int(heard[0]) * HOP, min(len(samples), (int(heard[-1]) + 1) * HOP)


def trimmed(samples: Samples) -> tuple[Samples, int]:
    """Without the silence around it, but for a little, and faded at both ends; and how many samples
    were cut off in front."""
    start, end = sounding_span(samples)
    start = max(0, start - round(LEAD_SECONDS * SAMPLE_RATE))
    cut = samples[start : end + round(TAIL_SECONDS * SAMPLE_RATE)].copy()
    fade = np.linspace(0, 1, min(FADE_SAMPLES, len(cut) // 2), dtype=np.float32)
    cut[: len(fade)] *= fade
    cut[len(cut) - len(fade) :] *= fade[::-1]
    return cut, start


class Levels:
    """Brings every passage of a narration to the loudness of its first one, within bounds."""

    def __init__(self) -> None:
        self._target: float | None = None

    def level(self, samples: Samples) -> Samples:
        loud = loudness(samples)
        gain_db = 0.0
        if self._target is not None and np.isfinite(loud):
            gain_db = float(np.clip(self._target - loud, -MOST_GAIN_DB, MOST_GAIN_DB))
        levelled = _unclipped(samples * np.float32(10 ** (gain_db / 20)))
        if self._target is None and np.isfinite(loud):
            self._target = loudness(levelled)
        return levelled


def silence(seconds: float) -> Samples:
    return np.zeros(round(seconds * SAMPLE_RATE), np.float32)


def by_sentence(
    samples: Samples,
    words: Sequence[Word],
    phonemes: Sequence[Phoneme],
    counts: Sequence[int],
) -> Iterator[Speech]:
    """The sound of a passage, a piece a sentence (of ``counts`` words each), cut between words."""
    start, first = 0, 0
    for number, count in enumerate(counts):
        last = first + count
        whole = number == len(counts) - 1
        end = len(samples) if whole else max(start, _between(words[last - 1], words[last], samples))
        yield _piece(samples[start:end], words[first:last], phonemes, start / SAMPLE_RATE)
        start, first = end, last


def _between(before: Word, after: Word, samples: Samples) -> int:
    """The middle of the silence between two words, in samples."""
    middle = (before.end_seconds + after.start_seconds) / 2
    return min(len(samples), round(middle * SAMPLE_RATE))


def _piece(
    samples: Samples, words: Sequence[Word], phonemes: Sequence[Phoneme], start: float
) -> Speech:
    seconds = len(samples) / SAMPLE_RATE

    def within(at: float) -> float:
        return min(max(0.0, at - start), seconds)

    timed = [Word(w.text, within(w.start_seconds), within(w.end_seconds)) for w in words]
    mine = [
        Phoneme(p.symbol, within(p.start_seconds), within(p.end_seconds))
        for p in phonemes
        if start <= (p.start_seconds + p.end_seconds) / 2 < start + seconds
    ]
    return Speech(samples, tuple(timed), tuple(mine), ((0, len(timed)),))


def _unclipped(samples: Samples) -> Samples:
    highest = float(np.abs(samples).max(initial=0))
    return samples * np.float32(min(1.0, LOUDEST / max(LOUDEST, highest)))
