"""How loud and how sharp speech is over time: what a mouth can know where no phonemes are told."""

import numpy as np
from numpy.typing import NDArray

from pipeline.lesson import SAMPLE_RATE, Samples

Floats = NDArray[np.floating]

HOP_SECONDS = 0.01
HOP = round(SAMPLE_RATE * HOP_SECONDS)
QUIET_DB = -38.0
"""Below the loudest passages by this much, it is silence."""
HISS_HZ = 2600
"""Crossings of zero as of a tone this high: a hiss rather than a vowel."""


class Loudness:
    """Measured once per scene, each hundredth of a second."""

    def __init__(self, samples: Samples) -> None:
        count = max(1, -(-len(samples) // HOP))
        power = np.empty(count, np.float32)
        crossings = np.empty(count, np.float32)
        for index in range(count):
            # window by window: a copy of a long sound is not needed
            window = samples[index * HOP : (index + 1) * HOP + HOP]
            power[index] = np.square(window).mean() if window.size else 0.0
            signs = np.signbit(window)
            crossings[index] = np.count_nonzero(signs[1:] != signs[:-1]) / max(window.size, 1)
        self.level = _level(power)
        self.hertz = crossings * SAMPLE_RATE / 2

    def at(self, seconds: NDArray[np.floating]) -> Floats:
        """0 for silence to 1 for the loudest passages."""
        index = np.clip((seconds / HOP_SECONDS).astype(int), 0, len(self.level) - 1)
        return np.asarray(self.level[index])

    @property
    def last_sound_seconds(self) -> float:
        loud = np.flatnonzero(self.level > 0.1)
        return float(loud[-1] + 1) * HOP_SECONDS if loud.size else 0.0

    def shapes(self, steps: int, rate: int) -> Floats:
        """A likely mouth at each step: the movements of a ``Shape`` and its pull, [steps, 7]."""
        seconds = np.arange(steps) / rate
        index = np.clip((seconds / HOP_SECONDS).astype(int), 0, len(self.level) - 1)
        level, hertz = self.level[index], self.hertz[index]
        hiss = np.clip((hertz - HISS_HZ) / HISS_HZ, 0, 1)
        voiced = level * (1 - hiss)
        dark = np.clip((700 - hertz) / 500, 0, 1)
        shapes = np.zeros((steps, 7), np.float32)
        shapes[:, 0] = 0.75 * voiced**1.2 + 0.14 * hiss * level
        shapes[:, 1] = (0.30 * hiss + 0.25 * (1 - dark)) * level
        shapes[:, 2] = 0.45 * dark * voiced
        shapes[:, 3] = shapes[:, 4] = 0.2 * level
        shapes[:, 6] = 1.0
        return shapes


def _level(power: Floats) -> Floats:
    decibels = 10 * np.log10(power + 1e-10)
    loudest = max(float(np.percentile(decibels, 95)), -50.0)
    return np.asarray(np.clip(1 - (loudest - decibels) / -QUIET_DB, 0, 1), np.float32)
