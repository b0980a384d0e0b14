"""Kalman smoothing of the motion (SPEC 6): identity transition, the same filter for every channel.

Means and covariances never mix channels, so the gains are scalars that depend on time only. The
backward gain settles at 0.019: what lies four frames ahead no longer matters in float32, so the
smoother streams with three frames of look-ahead.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

DRIFT = 0.05
"""Variance added from frame to frame."""
DOUBT = 0.001
"""Variance of what is observed."""
LOOK_AHEAD = 3

Doubles = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class _Belief:
    """After a frame: ``mean`` [channels]; before it, the same channels were ``predicted``."""

    mean: Doubles
    variance: float
    predicted: Doubles
    predicted_variance: float


class Smoother:
    """A clip, piece by piece: what comes out is the same clip, at most three frames later."""

    def __init__(self) -> None:
        self._pending: list[_Belief] = []
        self._last: _Belief | None = None

    def push(self, observed: NDArray[np.floating]) -> Doubles:
        """Takes [n, channels], n ≥ 1; gives the frames that are settled now: [k, channels]."""
        for row in observed.astype(np.float64):
            self._last = _filtered(self._last, row)
            self._pending.append(self._last)
        return self._settled(max(0, len(self._pending) - LOOK_AHEAD))

    def finish(self) -> Doubles:
        """The frames still held back; something must have been pushed."""
        return self._settled(len(self._pending))

    def _settled(self, count: int) -> Doubles:
        smooth = _backward(self._pending)[:count]
        del self._pending[:count]
        return smooth


def smooth(observed: NDArray[np.floating]) -> Doubles:
    """A whole clip [T, channels], T ≥ 1. One frame stays as it is."""
    beliefs: list[_Belief] = []
    for row in observed.astype(np.float64):
        beliefs.append(_filtered(beliefs[-1] if beliefs else None, row))
    return _backward(beliefs)


def _filtered(before: _Belief | None, observed: Doubles) -> _Belief:
    predicted = observed if before is None else before.mean
    variance = 1.0 if before is None else before.variance + DRIFT
    gain = variance / (variance + DOUBT)
    mean = predicted + gain * (observed - predicted)
    return _Belief(mean, (1 - gain) * variance, predicted, variance)


def _backward(beliefs: list[_Belief]) -> Doubles:
    """Rauch, Tung and Striebel's pass, from the last belief to the first."""
    smooth = [beliefs[-1].mean]
    for after, now in pairwise(reversed(beliefs)):
        gain = now.variance / after.predicted_variance
        smooth.append(now.mean + gain * (smooth[-1] - after.predicted))
    return np.stack(smooth[::-1])
