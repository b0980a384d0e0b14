"""Events as they happen: of a job, of all of an owner's jobs, of a batch."""

import asyncio
import time
from collections import defaultdict
from collections.abc import AsyncGenerator, Callable, Hashable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar
from uuid import UUID

from anyio.to_thread import run_sync

from db import events
from db.events import Told
from db.jobs import ENDED
from db.models import Event, Job
from db.session import ENDINGS_CHANNEL, EVENTS_CHANNEL, Database, Listener, Notice
from serve.admissions import Admissions

Found = TypeVar("Found")

POLL_SECONDS = 5.0
"""Notices are hints; this is how late an event comes whose notice was lost."""
LONGEST_SECONDS = 15 * 60.0
"""A stream without an end is broken off after this, so that its reader signs in anew."""


class EventBell:
    """Rings for the readers of a job, an owner or a batch when there is a new event.

    One connection for all of them; it also hears whose ``admissions`` to doubt.
    """

    def __init__(self, database: Database, admissions: Admissions) -> None:
        self._listener: Listener = database.listen([EVENTS_CHANNEL, ENDINGS_CHANNEL])
        self._admissions = admissions
        self._readers: defaultdict[str, set[asyncio.Event]] = defaultdict(set)
        self._looks: dict[Hashable, asyncio.Task[Any]] = {}

    async def ring_forever(self) -> None:
        try:
            while True:
                notices = await self._listener.wait(POLL_SECONDS)
                self._ring({subject for told in notices for subject in _subjects(told)})
                self._admissions.doubt(_ended(notices))
                if not notices:
                    # silence may mean that a notice was lost: then everyone looks
                    self._ring(set(self._readers))
                    self._admissions.doubt_all()
        finally:
            self._listener.close()

    @contextmanager
    def heard_by(self, subject: UUID) -> Iterator[asyncio.Event]:
        """An event that is set whenever there may be something new of a job, owner or batch."""
        bell, readers = asyncio.Event(), self._readers[str(subject)]
        readers.add(bell)
        try:
            yield bell
        finally:
            readers.discard(bell)
            if not readers:
                self._readers.pop(str(subject), None)

    async def look(self, what: Hashable, look: Callable[[], Found]) -> Found:
        """What ``look`` finds. Those who look for the same when one bell has rung share one look:
        it begins after all of them have cleared their bells, so nobody misses what comes later."""
        task = self._looks.get(what)
        if task is None:
            task = self._looks[what] = asyncio.create_task(self._look(what, look))
        found: Found = await asyncio.shield(task)
        return found

    async def _look(self, what: Hashable, look: Callable[[], Found]) -> Found:
        await asyncio.sleep(0)
        del self._looks[what]
        return await run_sync(look)

    def _ring(self, subjects: set[str]) -> None:
        for subject in subjects & self._readers.keys():
            for bell in self._readers[subject]:
                bell.set()


def _ended(notices: Iterable[Notice]) -> Iterator[UUID]:
    return (UUID(each.payload) for each in notices if each.channel == ENDINGS_CHANNEL)


def _subjects(notice: Notice) -> list[str]:
    """The ids of the job, its owner and its batch; none for what is no event."""
    if notice.channel != EVENTS_CHANNEL:
        return []
    job, _number, *others = notice.payload.split(":")
    return [job, *others]


async def follow(
    database: Database, bell: EventBell, job_id: UUID, after: int
) -> AsyncGenerator[Event, None]:
    """The events after number ``after``, until the job has ended and no more can come."""
    with bell.heard_by(job_id) as news:
        while True:
            # before looking: what comes while we look must ring again
            news.clear()
            found = await bell.look((job_id, after), partial(_look, database, job_id, after))
            for event in found.events:
                after = event.number
                yield event
            if found.last:
                return
            if not found.events:
                await news.wait()


async def follow_all(
    database: Database, bell: EventBell, owner_id: UUID, place: int
) -> AsyncGenerator[Told, None]:
    """The events of all the owner's jobs after ``place``, for ``LONGEST_SECONDS``."""
    until = time.monotonic() + LONGEST_SECONDS
    with bell.heard_by(owner_id) as news:
        while time.monotonic() < until:
            news.clear()
            look = partial(_look_for_all, database, owner_id, place)
            found = await bell.look((owner_id, place), look)
            for told in found:
                place = told.place
                yield told
            if not found:
                # not wait_for: in Python 3.11 it loses a cancellation that comes with the news
                with suppress(TimeoutError):
                    async with asyncio.timeout(max(0.0, until - time.monotonic())):
                        await news.wait()


@dataclass(frozen=True, slots=True)
class _Found:
    events: list[Event]
    last: bool


def _look(database: Database, job_id: UUID, after: int) -> _Found:
    with database.transaction() as db:
        job = db.get(Job, job_id)
        if job is None:
            return _Found([], last=True)
        found = events.after(db, job_id, after)
        seen = found[-1].number if found else after
        return _Found(found, last=job.status in ENDED and seen >= job.last_event)


def _look_for_all(database: Database, owner_id: UUID, place: int) -> list[Told]:
    with database.transaction() as db:
        return events.after_place(db, owner_id, place)
