"""One job in a producer's hands: the work, and beside it the heartbeat that keeps the lease."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from time import monotonic
from typing import Any
from uuid import UUID

from db.work import Beat, Lease
from pipeline.dag import Interrupted, StepStopped, during, make_lesson
from pipeline.errors import DatabaseUnavailable, LeaseLost, LecternError, WorkersLost
from pipeline.making import Making
from pipeline.record import OUTAGES, JobRecord
from pipeline.retries import Retries

log = logging.getLogger(__name__)


class Halt(StrEnum):
    """Why the work is broken off."""

    CANCELLED = "cancelled"
    LOST = "lost"
    LEAVING = "leaving"


@dataclass(frozen=True, slots=True)
class Timing:
    """``stop_seconds``: how long broken-off work may take to end before it is left to itself."""

    lease_seconds: float = 30.0
    heartbeat_seconds: float = 5.0
    poll_seconds: float = 2.0
    stop_seconds: float = 4.0


class LeasedJob:
    """Attends to one lease, until the job is settled, handed back or lost."""

    def __init__(
        self,
        record: JobRecord,
        open_making: Callable[[JobRecord], Awaitable[Making]],
        beat: Callable[[Lease], Awaitable[Beat]],
        retries: Retries,
        timing: Timing,
    ) -> None:
        self._record, self._open_making, self._beat = record, open_making, beat
        self._retries, self._timing = retries, timing
        self._look = asyncio.Event()
        self._leaving = False

    @property
    def job_id(self) -> UUID:
        return self._record.lease.job_id

    def look(self) -> None:
        """Someone may have asked for its end: the next heartbeat comes at once."""
        self._look.set()

    def leave(self) -> None:
        """The work is broken off and handed back."""
        self._leaving = True
        self._look.set()

    async def attend(self) -> None:
        """The job is settled at the end, unless its lease was lost or the database stays away."""
        work, heart = asyncio.create_task(self._make()), asyncio.create_task(self._keep())
        both: set[asyncio.Task[Any]] = {work, heart}
        try:
            await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
            if work.done():
                work.result()
            else:
                await self._stop(work, heart.result())
        except (LeaseLost, DatabaseUnavailable) as lost:
            log.warning("job %s is left to another worker: %s", self.job_id, lost)
        finally:
            for task in both:
                task.add_done_callback(_forget)
                task.cancel()

    async def _make(self) -> None:
        """Makes the lesson, and writes down how it went."""
        try:
            with during("script"):
                making = await self._open_making(self._record)
            self._refuse_what_ends_workers(making)
            await make_lesson(making)
            await self._record.succeed()
        except Interrupted:
            await self._record.hand_back()
        except StepStopped as stop:
            if not await self._record.retry(stop.step, stop.error, self._pause_after(stop.error)):
                await self._record.fail(stop.step, stop.error, stop.scene)

    def _refuse_what_ends_workers(self, making: Making) -> None:
        losses = self._record.lease.losses
        if losses > self._retries.losses:
            raise StepStopped(making.next_step, WorkersLost(losses))

    def _pause_after(self, error: LecternError) -> Callable[[int, int], float | None]:
        return lambda attempt, losses: self._retries.pause(error, attempt, losses)

    async def _stop(self, work: asyncio.Task[None], halt: Halt) -> None:
        work.cancel()
        # what does not end by itself is left behind: it can write nothing once the job is settled
        await asyncio.wait({work}, timeout=self._timing.stop_seconds)
        match halt:
            case Halt.CANCELLED:
                await self._record.cancel()
            case Halt.LEAVING:
                await self._record.hand_back()
            case Halt.LOST:
                raise LeaseLost

    async def _keep(self) -> Halt:
        """Beats until the work has to end; also when no beat was heard for as long as the lease."""
        heard_at = monotonic()
        while monotonic() - heard_at < self._timing.lease_seconds:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._look.wait(), self._timing.heartbeat_seconds)
            self._look.clear()
            if self._leaving:
                return Halt.LEAVING
            try:
                beat = await self._beat(self._record.lease)
            except OUTAGES as outage:
                log.warning("no heartbeat for job %s: %s", self.job_id, outage)
                continue
            if beat is not Beat.HELD:
                return Halt.CANCELLED if beat is Beat.CANCEL_ASKED else Halt.LOST
            heard_at = monotonic()
        return Halt.LOST


def _forget(task: asyncio.Task[Any]) -> None:
    """What comes of a task that was left behind interests nobody."""
    if not task.cancelled():
        task.exception()
