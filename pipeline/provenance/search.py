"""Finds out at which speed and pitch marked sound is heard, where it is not as it was marked.

Every change that is looked for is undone, in the few stretches with most sound in them. So many
tries find something by chance sooner than one does: more is asked of what they find.
"""

from collections.abc import Iterable, Iterator
from heapq import heappush, heappushpop

import numpy as np

from pipeline.lesson import SAMPLE_RATE, Samples
from pipeline.provenance.change import Change, candidates
from pipeline.provenance.detect import SHORTEST_SECONDS, WINDOW_SECONDS, find
from pipeline.provenance.pattern import PUBLIC_KEY

STRETCHES = 2
FIRST_SECONDS = 5
"""Of a stretch are enough to see which changes are worth a closer look."""
KEPT = 4
"""So many of them."""
SURE_AMONG_MANY, LIKELY_AMONG_MANY = 7.5, 5.5
"""As ``SURE`` and ``LIKELY`` of one try, for the 700 or so that differ of each stretch
(three a candidate: what lies between two is tried where it is worth it)."""
BLOCK = SAMPLE_RATE // 20
STILL = 1e-6
"""Power of a block, full scale being 1, below which it is silence."""


class Stretches:
    """Keeps the stretches with most sound in them of all that passes through; memory is flat."""

    def __init__(self) -> None:
        self._kept: list[tuple[float, int, Samples]] = []
        self._seen = 0

    def through(self, pieces: Iterable[Samples]) -> Iterator[Samples]:
        held, length = np.zeros(0, np.float32), WINDOW_SECONDS * SAMPLE_RATE
        for piece in pieces:
            held = np.concatenate([held, piece])
            while len(held) >= length:
                self._keep(held[:length])
                held = held[length:]
            yield piece
        if len(held) >= SHORTEST_SECONDS * SAMPLE_RATE:
            self._keep(held)

    def __iter__(self) -> Iterator[Samples]:
        """The fullest first."""
        return (samples for _, _, samples in sorted(self._kept, reverse=True))

    def _keep(self, samples: Samples) -> None:
        self._seen += 1
        kept = fullness(samples), self._seen, samples.copy()
        if kept[0] > 0:
            (heappush if len(self._kept) < STRETCHES else heappushpop)(self._kept, kept)


def fullness(samples: Samples) -> float:
    """Seconds that are not silent, and among as many those that are louder; 0 for silence."""
    blocks = samples[: len(samples) // BLOCK * BLOCK].reshape(-1, BLOCK)
    power = np.mean(blocks**2, axis=1)
    return float(np.sum(np.log10(np.maximum(power / STILL, 1))))


def search(stretches: Iterable[Samples], key: str = PUBLIC_KEY) -> Change | None:
    """What was done to sound since it was marked; None where no mark shows whatever is undone."""
    return next(filter(None, (_searched(each, key) for each in stretches)), None)


def _searched(stretch: Samples, key: str) -> Change | None:
    spare = max(0, len(stretch) - FIRST_SECONDS * SAMPLE_RATE) // 2
    first = stretch[spare : spare + FIRST_SECONDS * SAMPLE_RATE]
    worth = sorted(candidates(), key=lambda each: find(first, key, each)[0], reverse=True)[:KEPT]
    tried = [(find(stretch, key, fine), fine) for each in worth for fine in each.finer()]
    (score, payload), best = max(tried, key=lambda each: each[0][0])
    counts = score >= SURE_AMONG_MANY or (score >= LIKELY_AMONG_MANY and payload is not None)
    return best if counts else None
