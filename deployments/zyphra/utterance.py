"""What goes into a network that speaks, and what comes out of it: symbols, and a wave they span."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from deployments.zyphra.spoken import Spoken

SAMPLE_RATE = 24_000
UNIT_SECONDS = 0.025
LONGEST = 500
"""Symbols a network is given at once; they have learned from at most 510."""
SLOWEST, FASTEST = 0.5, 2.0

Wave = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Symbol:
    """A character of the networks' alphabet; ``word`` is the place of the written word it reads."""

    character: str
    word: int


@dataclass(frozen=True, slots=True, eq=False)
class Utterance:
    """A wave [n] at ``SAMPLE_RATE``, and when each symbol starts and ends in it, in seconds.

    The sound runs ahead of these times by ``early_seconds``, whatever its speed.
    """

    wave: Wave
    spans: tuple[tuple[float, float], ...]
    early_seconds: float


class Voice(Protocol):
    """Reads words and speaks what it has read."""

    def read(self, spoken: Sequence[Spoken]) -> tuple[Symbol, ...]: ...

    def utter(
        self, symbols: Sequence[Symbol], speed: float, noise: np.random.Generator
    ) -> Utterance:
        """At ``speed`` times its own pace, from ``SLOWEST`` to ``FASTEST``."""
        ...


Run = Callable[[str], tuple[Wave, NDArray[np.float64]]]
"""A network: the wave of some characters; and of the opening silence, of each character and of the
closing silence, how many units it sounds."""


def utter_in_parts(symbols: Sequence[Symbol], run: Run, early_seconds: float) -> Utterance:
    """As many symbols at once as a network takes, joined."""
    waves: list[Wave] = []
    spans: list[tuple[float, float]] = []
    start = 0.0
    for part in _parts(symbols):
        wave, units = run("".join(symbol.character for symbol in part))
        edges = (start + np.cumsum(units) * UNIT_SECONDS).tolist()
        spans += pairwise(edges[:-1])
        waves.append(wave)
        start = edges[-1]
    return Utterance(np.concatenate(waves), tuple(spans), early_seconds)


def _parts(symbols: Sequence[Symbol]) -> Iterator[Sequence[Symbol]]:
    """As few as possible of at most ``LONGEST``, cut at spaces if there are any."""
    while len(symbols) > LONGEST:
        spaces = [at for at in range(1, LONGEST) if symbols[at].character == " "]
        cut = spaces[-1] + 1 if spaces else LONGEST
        yield symbols[:cut]
        symbols = symbols[cut:]
    yield symbols
