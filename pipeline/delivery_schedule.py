"""When a delivery that did not get through is tried again, and when a webhook is given up."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from random import random

DAY_SECONDS = 24 * 3600


@dataclass(frozen=True, slots=True)
class Schedule:
    """Eight tries within 24 hours: seven pauses, each shortened by chance by up to a fifth, so that
    what failed together does not come back together.

    ``give_up_after``: how long nothing may get through to a webhook before it is disabled.
    ``kept``: how long deliveries that have ended are remembered.
    """

    pauses_seconds: tuple[float, ...] = (30, 120, 600, 2400, 7200, 21_600, 54_450)
    give_up_after: timedelta = timedelta(days=5)
    kept: timedelta = timedelta(days=30)
    chance: Callable[[], float] = random

    def pause(self, attempt: int, asked_seconds: float | None) -> timedelta | None:
        """After try number ``attempt``, from 1; None when it was the last.

        ``asked_seconds`` is what the receiver wants us to wait, which may be longer.
        """
        if attempt > len(self.pauses_seconds):
            return None
        own = self.pauses_seconds[attempt - 1] * (1 - self.chance() / 5)
        return timedelta(seconds=max(own, min(asked_seconds or 0.0, DAY_SECONDS)))
