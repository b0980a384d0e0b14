"""How far a step is, as its watchers see it: rising, and not more often than they can look."""

from collections.abc import Callable, Mapping
from time import monotonic

from pipeline.lesson import StepName
from pipeline.record import JobRecord

TELLING_SECONDS = 0.25
ALMOST = 0.99
"""A step is whole only once it has succeeded, whatever was estimated."""


class Progress:
    """One step's progress, told at most four times a second.

    Over scenes, each weighs as much as there is to do in it.
    """

    def __init__(
        self,
        record: JobRecord,
        step: StepName,
        weights: Mapping[int, float],
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self._record, self._step, self._clock = record, step, clock
        self._weights = dict(weights)
        self._shares = dict.fromkeys(weights, 0.0)
        self._told_at = -TELLING_SECONDS

    async def whole(self, share: float) -> None:
        """So much of the step is done, 0..1."""
        if self._is_time():
            await self._record.report(self._step, min(share, ALMOST))

    async def scene(self, index: int, share: float) -> None:
        """So much of this scene is done, 0..1."""
        self._shares[index] = max(self._shares[index], min(share, 1.0))
        if self._is_time():
            await self._record.report(
                self._step,
                min(self._over_scenes(), ALMOST),
                scene=index,
                scene_progress=self._shares[index],
            )

    def _is_time(self) -> bool:
        if self._clock() - self._told_at < TELLING_SECONDS:
            return False
        self._told_at = self._clock()
        return True

    def _over_scenes(self) -> float:
        done = sum(self._weights[at] * share for at, share in self._shares.items())
        return done / (sum(self._weights.values()) or 1.0)
