"""Puts the watermark into speech: each cell of its spectrogram a little louder or softer.

A spread-spectrum mark in the logarithm of the spectrum (Kirovski and Malvar, "Spread-Spectrum
Watermarking of Audio Signals", IEEE Transactions on Signal Processing 51(4), 2003). What is
changed is a share of what sounds in the cell already: the speech masks it, silence stays silent.
"""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from pipeline.lesson import Samples
from pipeline.provenance.pattern import (
    BAND_BINS,
    BINS,
    CHIP_HOPS,
    CHIPS,
    FRAME,
    HOP,
    PUBLIC_KEY,
    pattern,
)
from pipeline.provenance.payload import Payload, Signs

STRENGTH_DB = 1.3
"""How much a cell is raised or lowered; what it does to speech, ``bench/watermark.py`` measures."""
PIECE_FRAMES = 4096
"""So many spectra are held at a time: 47 s."""


def mark(samples: Samples, payload: Payload, key: str = PUBLIC_KEY) -> Samples:
    """The samples with the mark in them; as many, at ``SAMPLE_RATE``, shape [n]."""
    signs = pattern(key).signs(payload)
    padded = np.pad(samples, (HOP, -len(samples) % HOP + HOP))
    marked = np.zeros_like(padded)
    count = len(padded) // HOP - 1
    for first in range(0, count, PIECE_FRAMES):
        last = min(first + PIECE_FRAMES, count)
        piece = slice(first * HOP, last * HOP + HOP)
        marked[piece] += _marked(padded[piece], _gains(signs, first, last))
    return marked[HOP : HOP + len(samples)]


def _gains(signs: Signs, first: int, last: int) -> Signs:
    """Of the bins of the frames ``first`` to ``last``; shape [frames, bins]."""
    chips = np.arange(first, last) // CHIP_HOPS % CHIPS
    gains: Signs = np.repeat(10 ** (STRENGTH_DB / 20 * signs[:, chips].T), BAND_BINS, axis=1)
    return gains


def _marked(padded: Samples, gains: Signs) -> Samples:
    """Overlapping frames with these gains, added up again."""
    spectra = np.fft.rfft(sliding_window_view(padded, FRAME)[::HOP] * _WINDOW, axis=1)
    spectra[:, BINS] *= gains
    frames = (np.fft.irfft(spectra, axis=1) * _WINDOW).astype(np.float32)
    whole = np.zeros_like(padded)
    whole[:-HOP] += frames[:, :HOP].ravel()
    whole[HOP:] += frames[:, HOP:].ravel()
    return whole


def hann(length: int = FRAME) -> Samples:
    """The periodic Hann window of a frame: halves that overlap add up to one."""
    turns = np.arange(length) / length
    window: Samples = (0.5 - 0.5 * np.cos(2 * np.pi * turns)).astype(np.float32)
    return window


_WINDOW = np.sqrt(hann())
