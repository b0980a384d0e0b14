"""The style in which Kokoro sounds most like a recording.

The map says which of its styles are near, and, by a regression, which way they grow more alike.
What that proposes is heard with a sentence that the map was not drawn with, because much of the
likeness of one sentence is luck; the best one there is taken.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice, product
from threading import Lock
from typing import Self

import numpy as np
from numpy.typing import NDArray

from deployments.zyphra.kokoro import Style
from deployments.zyphra.likeness import Vector, likeness
from deployments.zyphra.style_map import Listener, StyleMap
from deployments.zyphra.utterance import Wave

SENTENCE = "Plants need water, air and good light to grow."
TOGETHER = (2, 3, 6, 12)
"""Of how many of the nearest styles the middle is taken …"""
REACHES = (8.0, 12.0)
"""… and how far one goes on from there towards the voice, in spreads; the styles of the map lie
some 24 from their middle."""
TRIES = len(TOGETHER) * len(REACHES)
SMOOTHING = 300.0
"""Of the ridge regression from style to likeness: explains most of what it has not seen."""
FORM = b"lectern voice match 1\n"
NUMBERS = struct.Struct("<dd")
STYLE_NUMBERS = 256
LEVEL = 0.044
"""Root mean square of the sound: that of the built-in voice."""


@dataclass(frozen=True, slots=True, eq=False)
class Match:
    """A style, how alike it is, and by what its sound is to be multiplied."""

    style: Style
    likeness: float
    gain: float

    def to_bytes(self) -> bytes:
        """To be kept: ``FORM``, likeness and gain as doubles, 256 floats; all little-endian."""
        return FORM + NUMBERS.pack(self.likeness, self.gain) + self.style.astype("<f4").tobytes()

    @classmethod
    def from_bytes(cls, kept: bytes) -> Self | None:
        """None for what was kept in another form: it has to be looked for again."""
        begin = len(FORM) + NUMBERS.size
        if not kept.startswith(FORM) or len(kept) != begin + 4 * STYLE_NUMBERS:
            return None
        likeness_, gain = NUMBERS.unpack_from(kept, len(FORM))
        return cls(np.frombuffer(kept, "<f4", offset=begin).astype(np.float32), likeness_, gain)


class StyleSearch:
    """Deterministic. Any number of threads may share one: each takes a step in its turn."""

    def __init__(self, listener: Listener, known: StyleMap, voice: Vector, tries: int) -> None:
        self._listener, self._voice = listener, voice
        self._left = islice(proposals(known, voice), tries)
        self._best: Match | None = None
        self._turn = Lock()

    def step(self) -> Match | None:
        """Hears one more style (1 to 2 s); the best one when there are no more."""
        with self._turn:
            style = next(self._left, None)
            if style is None:
                return self._best
            wave, voice = self._listener.hear(style)
            match = Match(style, likeness(voice, self._voice), _gain(wave))
            if self._best is None or match.likeness > self._best.likeness:
                self._best = match
            return None


def proposals(known: StyleMap, voice: Vector) -> Iterator[Style]:
    """``TRIES`` styles that should sound like the voice."""
    scores = known.voices @ voice
    best_first = np.argsort(-scores, kind="stable")
    towards = _towards(known, scores)
    for reach, together in product(REACHES, TOGETHER):
        middle = known.styles[best_first[:together]].mean(axis=0)
        yield np.asarray(middle + reach * towards * known.spread, np.float32)


def _towards(known: StyleMap, scores: NDArray[np.float32]) -> NDArray[np.float32]:
    """The direction, of length 1 in spreads, in which the likeness grows."""
    styles = (known.styles - known.styles.mean(axis=0)) / known.spread
    ridge = styles @ styles.T + SMOOTHING * np.eye(len(styles))
    slope = np.linalg.solve(ridge, scores - scores.mean()) @ styles
    return np.asarray(slope / np.linalg.norm(slope), np.float32)


def _gain(wave: Wave) -> float:
    return LEVEL / float(np.sqrt(np.square(wave).mean()))
