"""Loudness of speech (ITU-R BS.1770-4, EBU R 128) and levelling to what players expect."""

import numpy as np
import pyloudnorm
import soxr
from scipy.ndimage import minimum_filter1d, uniform_filter1d

from pipeline.lesson import SAMPLE_RATE, Samples

TARGET_LUFS = -16.0
PEAK_DBTP = -1.0
MOST_GAIN_DB = 40.0
"""Sound that needs more than this to be heard is noise, and stays as it is."""

MOST_PASSES, CLOSE_ENOUGH_DB = 6, 0.05

GATING_BLOCK = int(0.4 * SAMPLE_RATE)
LOOKAHEAD = int(0.005 * SAMPLE_RATE)
OVERSAMPLING = 4
PIECE, CONTEXT = 10 * SAMPLE_RATE, 1000
"""Oversampled in portions of ten seconds, with some of what is around them."""
HEADROOM_DB = 0.2
"""Kept under the ceiling: BS.1770's 4 × oversampling can miss that much of a peak."""


def loudness(samples: Samples) -> float:
    """Integrated loudness in LUFS; minus infinity for silence. Any length will do."""
    if len(samples) == 0 or not np.any(samples):
        return -np.inf
    if len(samples) < GATING_BLOCK:  # repeated, for the measure needs one whole gating block
        samples = np.tile(samples, -(-GATING_BLOCK // len(samples)))
    with np.errstate(divide="ignore"):
        try:
            measured: float = pyloudnorm.Meter(SAMPLE_RATE).integrated_loudness(samples)
        except ZeroDivisionError:
            return -np.inf
    return measured


def true_peak(samples: Samples) -> float:
    """The highest peak between the samples, in dBTP; minus infinity for silence."""
    highest = float(_peaks(samples).max(initial=0))
    return 20 * np.log10(highest) if highest > 0 else -np.inf


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
        levelled = _limit(levelled * np.float32(10 ** (gain_db / 20)))
    return levelled


def _limit(samples: Samples) -> Samples:
    ceiling = 10 ** ((PEAK_DBTP - HEADROOM_DB) / 20)
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
    pieces = [
        _peaks_of(samples[max(0, start - CONTEXT) : start + PIECE + CONTEXT])[
            min(start, CONTEXT) :
        ][:PIECE]
        for start in range(0, len(samples), PIECE)
    ]
    return np.concatenate(pieces) if pieces else np.abs(samples)


def _peaks_of(samples: Samples) -> Samples:
    finer = np.abs(soxr.resample(samples, 1, OVERSAMPLING))[: len(samples) * OVERSAMPLING]
    finer = np.pad(finer, (0, len(samples) * OVERSAMPLING - len(finer)))
    around: Samples = np.maximum(finer.reshape(-1, OVERSAMPLING).max(axis=1), np.abs(samples))
    return around
