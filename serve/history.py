"""A job's events as they happen."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID

from anyio.to_thread import run_sync

from db import events
from db.jobs import ENDED
from db.models import Event, Job
from db.session import EVENTS_CHANNEL, Database, Listener

POLL_SECONDS = 5.0
"""Notices are hints; this is how late an event comes whose notice was lost."""


class EventBell:
    """Rings for the readers of a job when it has a new event. One connection for all of them."""

    def __init__(self, database: Database) -> None:
        self._listener: Listener = database.listen([EVENTS_CHANNEL])
        self._readers: defaultdict[str, set[asyncio.Event]] = defaultdict(set)

    async def ring_forever(self) -> None:
        try:
            while True:
                notices = await self._listener.wait(POLL_SECONDS)
                jobs = {notice.payload.partition(":")[0] for notice in notices}
                # silence may mean that a notice was lost: then everyone looks
                self._ring(jobs if notices else set(self._readers))
        finally:
            self._listener.close()

    @contextmanager
    def heard_by(self, job_id: UUID) -> Iterator[asyncio.Event]:
        """An event that is set whenever the job may have something new."""
        bell, readers = asyncio.Event(), self._readers[str(job_id)]
        readers.add(bell)
        try:
            yield bell
        finally:
            readers.discard(bell)
            if not readers:
                self._readers.pop(str(job_id), None)

    def _ring(self, jobs: set[str]) -> None:
        for job in jobs & self._readers.keys():
            for bell in self._readers[job]:
                bell.set()


async def follow(
    database: Database, bell: EventBell, job_id: UUID, after: int
) -> AsyncIterator[Event]:
    """The events after number ``after``, until the job has ended and no more can come."""
    with bell.heard_by(job_id) as news:
        while True:
            # before looking: what comes while we look must ring again
            news.clear()
            found = await run_sync(_look, database, job_id, after)
            for event in found.events:
                after = event.number
                yield event
            if found.last:
                return
            if not found.events:
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
