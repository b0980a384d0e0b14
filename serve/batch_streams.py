"""A batch as it goes on, for those who watch it."""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from uuid import UUID

from anyio.to_thread import run_sync
from fastapi.sse import ServerSentEvent
from sqlalchemy.orm import Session

from db import events
from db.events import Told
from db.models import Batch, Job, JobStatus
from db.session import Database
from serve.batch_reads import batch_read, counts
from serve.history import EventBell
from serve.job_reads import error_read
from serve.schemas import BatchCounts, BatchItemEnd, BatchRead

PAUSE_SECONDS = 0.5
"""The least between two looks: hundreds of jobs may report at once."""


async def follow(
    database: Database, bell: EventBell, batch: Batch, place: int
) -> AsyncGenerator[ServerSentEvent, None]:
    """Counts when they have changed, jobs that have ended after ``place``, and the end of all."""
    told: BatchCounts | None = None
    with bell.heard_by(batch.id) as news:
        while True:
            # before looking: what comes while we look must ring again
            news.clear()
            found = await run_sync(_look, database, batch.id, place)
            if found is None:
                return
            for at, item in found.items:
                place = at
                yield ServerSentEvent(event="item", id=str(at), data=item)
            if told is None or found.counts.counts != told.counts:
                told = found.counts
                yield ServerSentEvent(event="counts", data=told)
            if found.end is not None:
                yield ServerSentEvent(event="finished", data=found.end)
                return
            await asyncio.sleep(PAUSE_SECONDS)
            if not found.items:
                await news.wait()


def has_seen_all(db: Session, batch: Batch, place: int) -> bool:
    """Whether nothing can come any more for a reader who was at ``place``."""
    if batch.finished_at is None:
        return False
    return not events.after_place(db, batch.owner_id, place, batch.id, limit=1)


@dataclass(frozen=True, slots=True)
class _Found:
    """``items`` with their places; ``end`` once the batch is finished and all items are told."""

    items: list[tuple[int, BatchItemEnd]]
    counts: BatchCounts
    end: BatchRead | None


def _look(database: Database, batch_id: UUID, place: int) -> _Found | None:
    with database.transaction() as db:
        batch = db.get(Batch, batch_id)
        if batch is None:
            return None
        found = events.after_place(db, batch.owner_id, place, batch_id)
        items = [(told.place, _item(db, told)) for told in found]
        end = batch_read(db, batch) if batch.finished_at and not items else None
        return _Found(items, counts(db, batch), end)


def _item(db: Session, told: Told) -> BatchItemEnd:
    job = db.get_one(Job, told.event.job_id)
    status = JobStatus(told.event.kind.removeprefix("job."))
    return BatchItemEnd(
        job_id=job.id,
        row=job.batch_row,
        external_id=job.external_id,
        status=status,
        error=error_read(job) if status is JobStatus.FAILED else None,
    )
