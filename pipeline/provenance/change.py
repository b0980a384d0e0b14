"""What may have happened to the time and pitch of marked sound: players, editors, tapes."""

from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.provenance.pattern import FRAME, HOP

NARROW, WIDE = (0.8, 1.25), (0.5, 2.0)
"""Between the first two any factor is looked for; of speed, between the others, those that players
offer."""
STEP, FINE_STEP, FINE_STEPS = 0.006, 0.001, 3
"""Relative. What is off by half a step is still heard, if weakly; fine steps fill the gap."""
PITCH_STEP = 0.012
"""Pitch alone may be off by more: nothing drifts."""
OFFERED_STEP = 0.05


@dataclass(frozen=True, slots=True)
class Change:
    """How many times as fast and as high the sound is as when it was marked."""

    tempo: float = 1.0
    pitch: float = 1.0

    @property
    def frame(self) -> int:
        """Samples in which as many waves pass as did in a frame of the marked sound: each bin of
        its spectrum is the bin that was marked."""
        return round(FRAME / self.pitch)

    @property
    def hop(self) -> float:
        """Samples in which as much is said as was in a hop of the marked sound."""
        return HOP / self.tempo

    def finer(self) -> Iterator["Change"]:
        """Itself, and what lies between it and its neighbours of the same kind."""
        for steps in range(-FINE_STEPS, FINE_STEPS + 1):
            factor = 1 + steps * FINE_STEP
            tempo = self.tempo if self.tempo == 1 else self.tempo * factor
            pitch = self.pitch if self.pitch == 1 else self.pitch * factor
            yield Change(tempo, pitch)


UNCHANGED = Change()


def tape(factor: float) -> Change:
    """Played faster, and so higher."""
    return Change(tempo=factor, pitch=factor)


def faster(factor: float) -> Change:
    """At another speed in the same pitch, as players do."""
    return Change(tempo=factor)


def higher(factor: float) -> Change:
    """In another pitch at the same speed."""
    return Change(pitch=factor)


def candidates() -> tuple[Change, ...]:
    """All changes that are looked for."""
    return (
        *(kind(factor) for kind in (tape, faster) for factor in (*_narrow(STEP), *_offered())),
        *(higher(factor) for factor in _narrow(PITCH_STEP)),
    )


def _narrow(step: float) -> Iterator[float]:
    yield from _ladder(1 + step, NARROW[1])
    yield from _ladder(1 / (1 + step), NARROW[0])


def _offered() -> Iterator[float]:
    for rung in range(round(WIDE[0] / OFFERED_STEP), round(WIDE[1] / OFFERED_STEP) + 1):
        offered = rung * OFFERED_STEP
        if not NARROW[0] <= offered <= NARROW[1]:
            yield offered


def _ladder(ratio: float, end: float) -> Iterator[float]:
    """Powers of the ratio, up to and with the first beyond the end."""
    factor = 1.0
    while (factor < end) if ratio > 1 else (factor > end):
        factor *= ratio
        yield factor
