"""Finds the watermark in sound, wherever it begins, and reads what it says.

The spectrogram is compared with what its neighbours lead one to expect (a linear prediction of each
cell), and weighed by how well that fits and how far it rises above the noise of its band; then all
periods are laid over each other, and the part of the pattern that is always the same is looked for
at each of its possible places.

Under a key that the sound was not marked with, the score of a place is normal with variance 1,
whatever the sound: its signs are drawn at random, and independently of it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import scipy.fft
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray
from scipy.ndimage import uniform_filter1d

from pipeline.lesson import SAMPLE_RATE, Samples
from pipeline.provenance.change import UNCHANGED, Change
from pipeline.provenance.pattern import (
    BAND_BINS,
    BANDS,
    BINS,
    CHIP_HOPS,
    PERIOD_HOPS,
    PUBLIC_KEY,
    pattern,
)
from pipeline.provenance.payload import Payload
from pipeline.provenance.watermark import hann

WINDOW_SECONDS, STEP_SECONDS = 10, 5
SHORTEST_SECONDS = 1.0
SURE = 6.5
"""A score that unmarked sound reaches once in some ten million windows of 258 places each."""
LIKELY = 4.0
"""A score that is enough where the payload's check holds too."""
QUIET_DB = 40.0
"""Frames so far below the loudest are silence, and say nothing."""
FLOOR_PERCENTILE, ABOVE_FLOOR_DB = 10, 5.0
"""What steady noise there is in a band, its quietest moments tell; a cell that is not so much
louder holds little else, and nothing of the mark."""
ENVELOPE_BANDS = 21
NEIGHBOURS = ((0, -1), (0, 1), (-CHIP_HOPS, 0), (CHIP_HOPS, 0))
MOST = 3.0
"""What differs more from the prediction, in deviations, counts no more."""
SPECKLE_DB2 = 1.0
FLOOR = 1e-9

Cells = NDArray[np.float64]
Spectra = NDArray[np.complex128]


@dataclass(frozen=True, slots=True)
class Heard:
    """A mark in a window of sound. ``payload`` is None where it could not be read.

    ``score``: by how many deviations it stands out.
    """

    start_seconds: float
    end_seconds: float
    score: float
    payload: Payload | None


def listen(
    pieces: Iterator[Samples], key: str = PUBLIC_KEY, change: Change = UNCHANGED
) -> Iterator[Heard]:
    """The marks in mono sound at ``SAMPLE_RATE``, window by window; memory stays flat.

    ``change``: what was done to the sound since it was marked.
    """
    window, step = WINDOW_SECONDS * SAMPLE_RATE, STEP_SECONDS * SAMPLE_RATE
    held, start = np.zeros(0, np.float32), 0
    new = 0
    for piece in pieces:
        held, new = np.concatenate([held, piece]), new + len(piece)
        while len(held) >= window:
            yield from _heard(held[:window], start, key, change)
            held, start, new = held[step:], start + step, len(held) - window
    if new > 0 and len(held) >= SHORTEST_SECONDS * SAMPLE_RATE:
        yield from _heard(held, start, key, change)


def _heard(samples: Samples, start: int, key: str, change: Change) -> Iterator[Heard]:
    score, payload = find(samples, key, change)
    if score >= SURE or (score >= LIKELY and payload is not None):
        end = start + len(samples)
        yield Heard(start / SAMPLE_RATE, end / SAMPLE_RATE, score, payload)


def find(
    samples: Samples, key: str = PUBLIC_KEY, change: Change = UNCHANGED
) -> tuple[float, Payload | None]:
    """The best score of a stretch of sound, and what the mark at that place says."""
    levels, loud = _bands(samples, change)
    laid = _laid_over(_surprises(levels, loud) * _out_of_noise(levels))
    wanted = pattern(key)
    scores = _scores(laid, key)
    best = int(scores.argmax())
    cells = np.roll(laid, -best, axis=1)[:, ::CHIP_HOPS]
    return float(scores[best]), Payload.read(wanted.soft_signs(cells))


def _bands(samples: Samples, change: Change) -> tuple[Cells, NDArray[np.bool_]]:
    """Levels in dB, averaged over the hops of a chip, shape [frames, bands]; and which frames are
    loud enough to say anything."""
    frame, hop = change.frame, change.hop
    starts = np.round(np.arange((len(samples) + frame // 2) // hop + 1) * hop).astype(int)
    padded = np.pad(samples, (frame // 2, frame + round(hop)))
    spectra = scipy.fft.rfft(sliding_window_view(padded, frame)[starts] * hann(frame), axis=1)
    power = np.abs(spectra[:, BINS]) ** 2 + FLOOR
    levels = 10 / BAND_BINS * np.log10(power).reshape(len(power), BANDS, BAND_BINS).sum(axis=2)
    loudness = 10 * np.log10(power.sum(axis=1))
    averaged: Cells = uniform_filter1d(levels, CHIP_HOPS, axis=0, mode="nearest")
    return averaged, loudness >= np.percentile(loudness, 95) - QUIET_DB


def _out_of_noise(levels: Cells) -> Cells:
    """The share of each cell that is not steady noise (a Wiener gain), 0 to 1."""
    noise = np.percentile(levels, FLOOR_PERCENTILE, axis=0) + ABOVE_FLOOR_DB
    shares: Cells = np.maximum(0.0, 1 - 10 ** ((noise - levels) / 10))
    return shares


def _surprises(levels: Cells, loud: NDArray[np.bool_]) -> Cells:
    """How far each cell is from what its neighbours foretell, in deviations; silence is 0."""
    rough = np.where(loud[:, None], levels, 0.0)
    flat = rough - uniform_filter1d(rough, ENVELOPE_BANDS, axis=1, mode="nearest")
    around = _around(flat, loud)
    here = flat[loud].ravel()
    normal = around.T @ around + len(here) * 1e-3 * np.eye(around.shape[1])
    left = np.zeros_like(flat)
    left[loud] = (here - around @ np.linalg.solve(normal, around.T @ here)).reshape(-1, BANDS)
    return _weighed(left) * loud[:, None]


def _around(flat: Cells, loud: NDArray[np.bool_]) -> Cells:
    """The neighbours of each loud cell; shape [cells, neighbours]."""
    frames = len(flat)
    padded = np.pad(flat, ((CHIP_HOPS, CHIP_HOPS), (1, 1)), mode="edge")
    shifted: Sequence[Cells] = [
        padded[CHIP_HOPS + later :, 1 + higher :][:frames, :BANDS][loud].ravel()
        for later, higher in NEIGHBOURS
    ]
    return np.stack(shifted, axis=1)


def _weighed(left: Cells) -> Cells:
    """Divided by the variance of its surroundings, so that what is erratic counts little."""
    nearby = uniform_filter1d(uniform_filter1d(left**2, 3, axis=1), 8 * CHIP_HOPS + 1, axis=0)
    deviation = np.sqrt(nearby + SPECKLE_DB2)
    weighed: Cells = np.clip(left / deviation, -MOST, MOST) / deviation
    return weighed


def _laid_over(cells: Cells) -> Cells:
    """All periods added up; shape [bands, hops of a period]."""
    periods = -(-len(cells) // PERIOD_HOPS)
    whole = np.pad(cells, ((0, periods * PERIOD_HOPS - len(cells)), (0, 0)))
    added: Cells = whole.reshape(periods, PERIOD_HOPS, BANDS).sum(axis=0).T
    return added


def _scores(laid: Cells, key: str) -> NDArray[np.float64]:
    """How well the pattern fits from each hop of the period on; shape [hops of a period]."""
    signs, cells = _sync_spectra(key)
    found = _correlate(laid, signs)
    variance = _correlate(laid**2, cells)
    scores: NDArray[np.float64] = found / np.sqrt(np.maximum(variance, FLOOR))
    return scores


@lru_cache(maxsize=4)
def _sync_spectra(key: str) -> tuple[Spectra, Spectra]:
    """Over time, of the cells that are always the same, and of where they are; conjugated."""
    sync = np.zeros((BANDS, PERIOD_HOPS))
    sync[:, ::CHIP_HOPS] = pattern(key).sync
    return np.conj(np.fft.rfft(sync, axis=1)), np.conj(np.fft.rfft(sync**2, axis=1))


def _correlate(laid: Cells, wanted: Spectra) -> NDArray[np.float64]:
    """Circularly, over time, summed over the bands."""
    spectra = np.fft.rfft(laid, axis=1) * wanted
    return np.fft.irfft(spectra.sum(axis=0), n=PERIOD_HOPS)
