"""The style in which Kokoro sounds most like a recording."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from deployments.zyphra.kokoro import Style
from deployments.zyphra.likeness import Vector, likeness
from deployments.zyphra.style_map import Listener, StyleMap
from deployments.zyphra.utterance import Wave

TOGETHER = (3, 6, 12)
"""Of how many of the best styles so far the middle is taken …"""
REACHES = (4.0, 8.0, 12.0, 8.0)
"""… and how far one goes on from there towards the voice, in spreads."""
SMOOTHING = 300.0
"""Of the ridge regression from style to likeness: explains most of what it has not seen."""
LEVEL = 0.044
"""Root mean square of the sound: that of the other voices."""


@dataclass(frozen=True, slots=True, eq=False)
class Match:
    """A style, how alike it is, and by what its sound is to be multiplied."""

    style: Style
    likeness: float
    gain: float


class StyleSearch:
    """Deterministic. Any number of threads may share one: each takes a step in its turn."""

    def __init__(self, listener: Listener, known: StyleMap, voice: Vector) -> None:
        self._listener, self._voice, self._spread = listener, voice, known.spread
        self._styles = list(known.styles)
        self._scores: list[float] = (known.voices @ voice).tolist()
        self._best: Match | None = None
        self._steps = self._tries()
        self._turn = Lock()

    def step(self) -> Match | None:
        """Tries one more style (1 to 2 s); the best one when no more are to be tried."""
        with self._turn:
            return self._best if next(self._steps, None) is None else None

    def _tries(self) -> Iterator[Match]:
        for reach, together in product(REACHES, TOGETHER):
            style = self._middle(together) + reach * self._towards() * self._spread
            wave, voice = self._listener.hear(style)
            match = Match(style, likeness(voice, self._voice), _gain(wave))
            self._styles.append(style)
            self._scores.append(match.likeness)
            if self._best is None or match.likeness > self._best.likeness:
                self._best = match
            yield match

    def _middle(self, together: int) -> Style:
        best = np.argsort(self._scores, kind="stable")[-together:]
        return np.asarray(np.mean([self._styles[at] for at in best], axis=0), np.float32)

    def _towards(self) -> NDArray[np.float32]:
        """The direction, of length 1 in spreads, in which the likeness grows."""
        styles = np.stack(self._styles) / self._spread
        scores = np.array(self._scores)
        styles, scores = styles - styles.mean(axis=0), scores - scores.mean()
        ridge = styles @ styles.T + SMOOTHING * np.eye(len(styles))
        slope = np.linalg.solve(ridge, scores) @ styles
        return np.asarray(slope / np.linalg.norm(slope), np.float32)


def _gain(wave: Wave) -> float:
    return LEVEL / float(np.sqrt(np.square(wave).mean()))
