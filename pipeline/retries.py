"""When work that failed is tried again, and when it is given up."""

from dataclasses import dataclass

from pipeline.errors import LecternError


@dataclass(frozen=True, slots=True)
class Retries:
    """A step's own failures are few, and soon show whether they last; lost machines need time.

    The pauses grow fourfold after a failure (2 s, 8 s), twofold after a loss (5 s, 10 s … 5 min).
    """

    step_attempts: int = 3
    losses: int = 10
    step_pause_seconds: float = 2.0
    loss_pause_seconds: float = 5.0
    longest_pause_seconds: float = 300.0

    def pause(self, error: LecternError, attempt: int, losses: int) -> float | None:
        """Seconds until the next try; None when there is none.

        ``attempt`` of the step has just failed, from 1; ``losses`` the job had before this one.
        """
        if error.infrastructure:
            return (
                None if losses >= self.losses else self._capped(self.loss_pause_seconds, 2, losses)
            )
        if not error.retryable or attempt >= self.step_attempts:
            return None
        return self._capped(self.step_pause_seconds, 4, attempt - 1)

    def _capped(self, first: float, growth: int, times: int) -> float:
        return float(min(first * growth**times, self.longest_pause_seconds))
