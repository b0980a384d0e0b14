"""How busy a batch is, for whoever watches the studio."""

from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic

from deployments.zyphra.zonos.config import CODEBOOKS, FRAMES_PER_SECOND

EVERY_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Load:
    """``speaking`` utterances in the batch, ``waiting`` for a place in it; per second of the last
    while: ``tokens`` (codes) made, and seconds of ``speech``."""

    speaking: int = 0
    waiting: int = 0
    tokens: float = 0.0
    speech: float = 0.0


Report = Callable[[Load], None]


class Meter:
    """Counts steps and reports about once a second, and once more when the batch falls idle."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._frames, self._since = 0, monotonic()
        self._idle = True

    def step(self, frames: int, speaking: int, waiting: int) -> None:
        now = monotonic()
        if self._idle:
            self._frames, self._since, self._idle = 0, now, False
        self._frames += frames
        seconds = now - self._since
        if seconds > EVERY_SECONDS:
            rate = self._frames / seconds
            self._report(Load(speaking, waiting, rate * CODEBOOKS, rate / FRAMES_PER_SECOND))
            self._frames, self._since = 0, now

    def rest(self) -> None:
        if not self._idle:
            self._idle = True
            self._report(Load())
