"""Speech as the audio encoder sees it: one window of a mel spectrogram for each picture (SPEC 2).

Everything is local in time, so a window is computed from its own piece of the wave.
"""

from dataclasses import dataclass
from functools import cache
from math import gcd
from typing import Protocol

import numpy as np
import soxr
from numpy.typing import NDArray

SAMPLE_RATE = 16_000
FPS = 25
SAMPLES_PER_FRAME = SAMPLE_RATE // FPS
PRE_EMPHASIS = 0.97
N_FFT, HOP = 800, 200
N_MELS = 80
LOWEST_HERTZ, HIGHEST_HERTZ = 55.0, 7600.0
WINDOW_COLUMNS = 16
COLUMNS_A_SECOND = SAMPLE_RATE / HOP
FLOOR = 1e-5
MEL_PER_HERTZ = 3 / 200
LOG_FROM_HERTZ, LOG_FROM_MEL = 1000.0, 15.0
LOG_STEP = np.log(6.4) / 27
FILTER_SAMPLES = 1600
"""A resampling filter hears nothing farther away than this, at 16 kHz."""

Wave = NDArray[np.float32]
Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]


class Sound(Protocol):
    """Mono samples at 16 kHz, looked at piece by piece."""

    def __len__(self) -> int: ...
    def __getitem__(self, part: slice, /) -> Wave: ...


@dataclass(frozen=True, slots=True, eq=False)
class Voice:
    """Mono speech at 16 kHz, a whole number of pictures long; made by ``load_voice``."""

    samples: Sound

    @property
    def frames(self) -> int:
        return len(self.samples) // SAMPLES_PER_FRAME

    @property
    def columns(self) -> int:
        """Of the mel spectrogram of the whole."""
        return 1 + len(self.samples) // HOP

    def mel(self, start: int, stop: int) -> Floats:
        """Columns ``start`` to ``stop`` of the normalised log-mel spectrogram: [80, stop-start]."""
        pieces = np.lib.stride_tricks.sliding_window_view(self._around(start, stop), N_FFT)[::HOP]
        magnitude = np.abs(np.fft.rfft(pieces * _hann(), axis=1))
        decibels = 20 * np.log10(np.maximum(FLOOR, mel_basis() @ magnitude.T)) - 20
        return np.clip(8 * (decibels + 100) / 100 - 4, -4, 4).astype(np.float32)

    def windows(self, first: int, stop: int) -> Floats:
        """What the encoder hears of the pictures ``first`` to ``stop``: [stop-first, 80, 16]."""
        # this very expression, in double precision: 80 * (k / 25) is not always 3.2 k
        starts = np.trunc(COLUMNS_A_SECOND * ((np.arange(first, stop) - 2) / FPS)).astype(np.int64)
        columns = starts[:, None] + np.arange(WINDOW_COLUMNS)
        columns = np.clip(columns, 0, self.columns - 1)
        low = int(columns.min())
        mel = self.mel(low, int(columns.max()) + 1)
        return np.ascontiguousarray(mel[:, columns - low].transpose(1, 0, 2))

    def _around(self, start: int, stop: int) -> Doubles:
        """The pre-emphasised wave below these columns; zeros beyond its ends."""
        first, last = start * HOP - N_FFT // 2, (stop - 1) * HOP + N_FFT // 2
        low, high = max(first, 0), min(last, len(self.samples))
        wave = self.samples[max(low - 1, 0) : high].astype(np.float64)
        sharp = wave.copy()
        sharp[1:] -= PRE_EMPHASIS * wave[:-1]
        return np.pad(sharp[min(low, 1) :], (low - first, last - high))


class Resampled:
    """Mono sound of another rate as ``length`` samples at 16 kHz, silent beyond its end.

    Only the piece that is looked at is resampled, with enough around it for the filter: so a long
    sound is never held twice.
    """

    def __init__(self, samples: Floats, sample_rate: int, length: int) -> None:
        common = gcd(sample_rate, SAMPLE_RATE)
        self._samples, self._rate, self._length = samples, sample_rate, length
        # so many samples of either rate take the same time
        self._theirs, self._ours = sample_rate // common, SAMPLE_RATE // common

    def __len__(self) -> int:
        return self._length

    def __getitem__(self, part: slice) -> Wave:
        start, stop, _ = part.indices(self._length)
        first = (start - FILTER_SAMPLES) // self._ours
        last = -(-(stop + FILTER_SAMPLES) // self._ours)
        piece = self._piece(first * self._theirs, last * self._theirs)
        wave = resampled(piece, self._rate)
        return wave[start - first * self._ours : stop - first * self._ours]

    def _piece(self, low: int, high: int) -> Floats:
        """From ``low`` to ``high``; zeros beyond the ends."""
        inside = self._samples[max(low, 0) : max(high, 0)]
        behind = high - low - len(inside) - max(-low, 0)
        return np.pad(inside, (max(-low, 0), behind))


def load_voice(samples: Floats, sample_rate: int) -> Voice:
    """Speech of any rate, [n] or [n, channels] in [-1, 1], cut to whole pictures."""
    mono = resampled(samples, sample_rate)
    return Voice(mono[: len(mono) // SAMPLES_PER_FRAME * SAMPLES_PER_FRAME])


def resampled(samples: Floats, sample_rate: int) -> Wave:
    """The mean of the channels, at 16 kHz."""
    mono = samples if samples.ndim == 1 else samples.mean(1, dtype=np.float32)
    if sample_rate != SAMPLE_RATE:
        mono = soxr.resample(mono, sample_rate, SAMPLE_RATE, quality="HQ")
    return np.ascontiguousarray(mono, np.float32)


@cache
def mel_basis() -> Floats:
    """Slaney's triangles, each of unit area (Auditory Toolbox): [80, 401]."""
    ends = _to_mel(np.array([LOWEST_HERTZ, HIGHEST_HERTZ]))
    corners = _to_hertz(np.linspace(ends[0], ends[1], N_MELS + 2))
    bins = np.fft.rfftfreq(N_FFT, 1 / SAMPLE_RATE)
    rising = (bins - corners[:-2, None]) / (corners[1:-1] - corners[:-2])[:, None]
    falling = (corners[2:, None] - bins) / (corners[2:] - corners[1:-1])[:, None]
    triangles = np.maximum(0, np.minimum(rising, falling))
    return (triangles * (2 / (corners[2:] - corners[:-2]))[:, None]).astype(np.float32)


@cache
def _hann() -> Doubles:
    return 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(N_FFT) / N_FFT)


def _to_mel(hertz: Doubles) -> Doubles:
    high = LOG_FROM_MEL + np.log(np.maximum(hertz, LOG_FROM_HERTZ) / LOG_FROM_HERTZ) / LOG_STEP
    return np.where(hertz < LOG_FROM_HERTZ, hertz * MEL_PER_HERTZ, high)


def _to_hertz(mel: Doubles) -> Doubles:
    high = LOG_FROM_HERTZ * np.exp(LOG_STEP * (mel - LOG_FROM_MEL))
    return np.where(mel < LOG_FROM_MEL, mel / MEL_PER_HERTZ, high)
