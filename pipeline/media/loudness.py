"""Loudness of speech (ITU-R BS.1770-4, EBU R 128) and levelling to what players expect."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain
from math import inf, log10
from typing import cast

import numpy as np
import soxr
from av.audio.frame import AudioFrame
from av.filter import Graph
from scipy.ndimage import minimum_filter1d, uniform_filter1d

from pipeline.lesson import SAMPLE_RATE, Samples
from pipeline.media.sound import blocks, sound_frames

TARGET_LUFS = -16.0
PEAK_DBTP = -1.0
MOST_GAIN_DB = 40.0
"""Sound that needs more than this to be heard is noise, and stays as it is."""
MOST_PASSES, CLOSE_ENOUGH_DB = 6, 0.05

GATE_LUFS = -70.0
GATING_BLOCK = int(0.4 * SAMPLE_RATE)
LOOKAHEAD = int(0.005 * SAMPLE_RATE)
OVERSAMPLING = 4
HEADROOM_DB = 0.2
"""Kept under the ceiling: BS.1770's 4 × oversampling can miss that much of a peak."""

PIECE, CONTEXT = 10 * SAMPLE_RATE, 1000
"""Limited in portions of ten seconds, with more of what is around them than matters."""


@dataclass(frozen=True, slots=True)
class SoundLevels:
    """Integrated loudness in LUFS and the highest true peak in dBTP; minus infinity: silence."""

    loudness: float
    true_peak: float


def loudness(samples: Samples) -> float:
    """Integrated loudness in LUFS; minus infinity for silence. Any length will do."""
    if len(samples) == 0:
        return -inf
    if len(samples) < GATING_BLOCK:  # repeated, for the measure needs one whole gating block
        samples = np.tile(samples, -(-GATING_BLOCK // len(samples)))
    return measure(blocks(samples), peaks=False).loudness


def true_peak(pieces: Iterator[Samples]) -> float:
    """The highest peak between the samples, in dBTP; minus infinity for silence. Of any length."""
    finer = soxr.ResampleStream(1, OVERSAMPLING, 1)
    highest = 0.0
    for piece in pieces:
        highest = max(highest, _highest(piece), _highest(finer.resample_chunk(piece)))
    highest = max(highest, _highest(finer.resample_chunk(np.empty(0, np.float32), last=True)))
    return 20 * log10(highest) if highest > 0 else -inf


def _highest(samples: Samples) -> float:
    return float(np.abs(samples).max(initial=0))


def measure(pieces: Iterator[Samples], peaks: bool = True) -> SoundLevels:
    """What FFmpeg's meter says of sound of any length; memory stays flat."""
    integrated, highest = -inf, 0.0
    for frame in _metered(pieces, "true" if peaks else "none"):
        integrated = float(frame.metadata.get("lavfi.r128.I", integrated))
        highest = float(frame.metadata.get("lavfi.r128.true_peak", highest))
    return SoundLevels(
        integrated if integrated > GATE_LUFS else -inf, 20 * log10(highest) if highest else -inf
    )


def _metered(pieces: Iterator[Samples], peak: str) -> Iterator[AudioFrame]:
    """The sound as it leaves the meter, each frame with the measures up to its end."""
    graph = Graph()
    source = graph.add_abuffer(
        format="fltp", sample_rate=SAMPLE_RATE, layout="mono", time_base=Fraction(1, SAMPLE_RATE)
    )
    meter = graph.add("ebur128", f"metadata=1:peak={peak}:framelog=quiet")
    graph.link_nodes(source, meter, graph.add("abuffersink")).configure()
    for frame in chain(sound_frames(pieces, "fltp"), [None]):
        graph.push(frame)
        with suppress(BlockingIOError, EOFError):
            while True:
                yield cast(AudioFrame, graph.pull())


def level(samples: Samples) -> Samples:
    """The speech at −16 LUFS with its true peaks at −1 dBTP or less.

    One gain for the whole, then a look-ahead limiter (5 ms) on the few peaks that rise above the
    ceiling; again, for limiting takes a little loudness away. Silence is returned as it is, and
    what is all peaks stays below the target.
    """
    levelled = samples
    for _ in range(MOST_PASSES):
        gain_db = TARGET_LUFS - loudness(levelled)
        if abs(gain_db) > MOST_GAIN_DB:
            return samples
        if levelled is not samples and abs(gain_db) < CLOSE_ENOUGH_DB:
            break
        levelled = limit(levelled * np.float32(10 ** (gain_db / 20)))
    return levelled


def limit(samples: Samples, peak: float = PEAK_DBTP) -> Samples:
    """The samples with their true peaks at so many dBTP or less; only what is around them changes.

    Shape [n], as it came.
    """
    ceiling = 10 ** ((peak - HEADROOM_DB) / 20)
    return _by_pieces(lambda piece: _limit(piece, ceiling), samples)


def _limit(samples: Samples, ceiling: float) -> Samples:
    peaks = _peaks(samples)
    if peaks.max(initial=0) <= ceiling:
        return samples
    wanted = np.minimum(1, ceiling / np.maximum(peaks, ceiling))
    # The lowest gain of the neighbourhood, smoothed over the same neighbourhood, is never above
    # what the peak in its middle needs: the peak is met, and the gain has no edges.
    lowest = minimum_filter1d(wanted, 2 * LOOKAHEAD + 1, mode="nearest")
    smooth = uniform_filter1d(lowest, 2 * LOOKAHEAD + 1, mode="nearest")
    limited: Samples = (samples * smooth).astype(np.float32)
    return limited


def _peaks(samples: Samples) -> Samples:
    """The highest magnitude around each sample, after oversampling; shape [n]."""
    finer = np.abs(soxr.resample(samples, 1, OVERSAMPLING))
    finer = np.pad(finer, (0, max(0, len(samples) * OVERSAMPLING - len(finer))))
    around = np.abs(samples)
    for phase in range(OVERSAMPLING):
        np.maximum(around, finer[phase::OVERSAMPLING][: len(samples)], out=around)
    return around


def _by_pieces(change: Callable[[Samples], Samples], samples: Samples) -> Samples:
    """What ``change`` makes of the samples; for each it looks at less than CONTEXT around it."""
    changed = np.empty_like(samples)
    for start in range(0, len(samples), PIECE):
        first = max(0, start - CONTEXT)
        piece = change(samples[first : start + PIECE + CONTEXT])
        changed[start : start + PIECE] = piece[start - first :][:PIECE]
    return changed
