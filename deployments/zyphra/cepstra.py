"""Speech as numbers that hardly depend on who speaks: mel cepstra and loudness, frame by frame.

Davis and Mermelstein 1980, "Comparison of parametric representations for monosyllabic word
recognition"; the mean and spread of each coefficient over the speech are taken out.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
import soxr
from numpy.typing import NDArray
from scipy.fft import dct

SAMPLE_RATE = 16_000
WINDOW, TRANSFORM = 400, 512
BANDS, COEFFICIENTS = 32, 10
LOWEST_HERTZ, HIGHEST_HERTZ = 60.0, 7600.0
LOUDNESS_WEIGHT, SLOPE_WEIGHT = 3.0, 1.5
FAINTEST = 1e-6
QUIET_DECIBELS, LOUD_DECIBELS = 40.0, 28.0
"""Below loud speech: what is quieter than the first is a pause, what is louder than the second is
none, and between them it depends on how quiet the background is."""
ABOVE_BACKGROUND_DECIBELS = 8.0

Floats = NDArray[np.float32]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Sound:
    """A wave [n] at ``SAMPLE_RATE``, cut into frames ``hop`` samples apart."""

    wave: Floats
    hop: float

    @property
    def frames(self) -> int:
        return int(len(self.wave) / self.hop) + 1


def heard(samples: Floats, sample_rate: int) -> Floats:
    return np.asarray(soxr.resample(samples, sample_rate, SAMPLE_RATE), np.float32)


def cepstra(sound: Sound, speech: Flags) -> Floats:
    """[frames, 2 × COEFFICIENTS]: coefficients and their slopes, levelled over ``speech``."""
    raw = dct(_log_mel(sound), axis=1, norm="ortho")[:, :COEFFICIENTS]
    told = raw[speech] if speech.any() else raw
    levelled = (raw - told.mean(axis=0)) / (told.std(axis=0) + 1e-3)
    slopes = _slopes(levelled) * SLOPE_WEIGHT
    levelled[:, 0] *= LOUDNESS_WEIGHT
    return np.hstack([levelled, slopes]).astype(np.float32)


def pauses(sound: Sound) -> Flags:
    """[frames]: where nobody speaks."""
    level = _decibels(sound)
    loud, background = np.quantile(level, [0.95, 0.05])
    above = background + ABOVE_BACKGROUND_DECIBELS
    return np.asarray(level < np.clip(above, loud - QUIET_DECIBELS, loud - LOUD_DECIBELS))


def _log_mel(sound: Sound) -> NDArray[np.float64]:
    frames = _framed(sound, WINDOW) * np.hanning(WINDOW).astype(np.float32)
    power = np.square(np.abs(np.fft.rfft(frames, TRANSFORM)))
    return np.asarray(np.log(power @ _bands() + FAINTEST))


def _decibels(sound: Sound) -> NDArray[np.float64]:
    width = max(1, round(2 * sound.hop))
    power = np.square(_framed(sound, width)).mean(axis=1, dtype=np.float64)
    return np.asarray(10 * np.log10(power + 1e-10))


def _framed(sound: Sound, width: int) -> Floats:
    """[frames, width]: frame i stands around the sample i × hop."""
    padded = np.pad(sound.wave, (width // 2, width))
    starts = (np.arange(sound.frames) * sound.hop).astype(int)
    return np.asarray(padded[starts[:, None] + np.arange(width)])


def _slopes(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """How each column rises, over five frames (a regression line)."""
    padded = np.pad(values, ((2, 2), (0, 0)), mode="edge")
    return (2 * padded[4:] + padded[3:-1] - padded[1:-3] - 2 * padded[:-4]) / 10


@cache
def _bands() -> NDArray[np.float64]:
    """[TRANSFORM / 2 + 1, BANDS]: triangles as wide as their distance, equally far in mel."""
    mel = np.linspace(_mel(LOWEST_HERTZ), _mel(HIGHEST_HERTZ), BANDS + 2)
    edges = 700 * (10 ** (mel / 2595) - 1)
    hertz = np.arange(TRANSFORM // 2 + 1)[:, None] * SAMPLE_RATE / TRANSFORM
    rising = (hertz - edges[:-2]) / (edges[1:-1] - edges[:-2])
    falling = (edges[2:] - hertz) / (edges[2:] - edges[1:-1])
    return np.asarray(np.maximum(0, np.minimum(rising, falling)))


def _mel(hertz: float) -> float:
    return float(2595 * np.log10(1 + hertz / 700))
