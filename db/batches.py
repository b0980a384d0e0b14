"""What the owner of a batch does with it: create, find, list, cancel."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, selectinload

from db import jobs
from db.batch_ends import UNFINISHED
from db.models import Batch, Job, JobStatus
from db.paging import Page, page_of


@dataclass(frozen=True, slots=True)
class NewItem:
    """A validated LessonSpec as JSON values, and its row in what was sent, from 1."""

    row: int
    spec: Mapping[str, Any]


def create(
    session: Session,
    owner_id: UUID,
    *,
    title: str,
    items: Sequence[NewItem],
    refused: Sequence[dict[str, Any]],
) -> Batch:
    """A batch with its jobs, at least one. The external ids among them must differ."""
    batch = Batch(owner_id=owner_id, title=title, items=len(items), refused=list(refused))
    session.add(batch)
    session.flush()
    new = [jobs.NewJob(item.spec, batch_id=batch.id, batch_row=item.row) for item in items]
    jobs.create_many(session, owner_id, new)
    return batch


def find(session: Session, owner_id: UUID, batch_id: UUID) -> Batch | None:
    return session.scalar(select(Batch).where(Batch.id == batch_id, Batch.owner_id == owner_id))


@dataclass(frozen=True, slots=True)
class BatchFilter:
    """What a list is narrowed to; ``q`` is looked for in titles."""

    finished: bool | None = None
    q: str | None = None
    created_after: datetime | None = None
    created_before: datetime | None = None


def page(
    session: Session,
    owner_id: UUID,
    wanted: BatchFilter,
    *,
    cursor: UUID | None = None,
    limit: int = 50,
) -> Page[Batch]:
    """The owner's batches, newest first."""
    rows = _filtered(select(Batch).where(Batch.owner_id == owner_id), wanted)
    return page_of(session, rows, Batch.id, cursor=cursor, limit=limit)


def items(
    session: Session,
    batch_id: UUID,
    statuses: Sequence[JobStatus] = (),
    *,
    cursor: UUID | None = None,
    limit: int = 50,
) -> Page[Job]:
    """The batch's jobs in the order of their rows, from the one that follows job ``cursor``."""
    matching = select(Job).where(Job.batch_id == batch_id)
    if statuses:
        matching = matching.where(Job.status.in_(statuses))
    total = session.scalar(select(func.count()).select_from(matching.subquery())) or 0
    if cursor is not None:
        # ids grow from row to row; so a job that was deleted meanwhile is a place too
        matching = matching.where(Job.id > cursor)
    rows = matching.order_by(Job.id).limit(limit + 1).options(*jobs.PARTS)
    found = list(session.scalars(rows))
    more = len(found) > limit
    return Page(found[:limit], found[limit - 1].id if more else None, total)


def everything(session: Session, batch_id: UUID) -> Sequence[Job]:
    """All the batch's jobs with their steps and exports, in the order of their rows."""
    rows = select(Job).where(Job.batch_id == batch_id).order_by(Job.batch_row)
    parts = selectinload(Job.steps), selectinload(Job.exports)
    return session.scalars(rows.options(*parts)).all()


def cancel(session: Session, batch: Batch) -> bool:
    """Cancels what waits, asks what runs to stop; False when all has ended."""
    unfinished = select(Job.id).where(Job.batch_id == batch.id, Job.status.in_(UNFINISHED))
    if not jobs.cancel_many(session, session.scalars(unfinished).all()):
        return False
    batch.cancelled_at = func.now()
    session.flush()
    return True


def retry_failed(session: Session, batch: Batch) -> int:
    """Sets the batch's failed jobs going again, from what is done; how many there were.

    All are locked, in one order, before the batch is: see ``jobs.cancel_many``.
    """
    failed = select(Job.id).where(Job.batch_id == batch.id, Job.status == JobStatus.FAILED)
    ids = session.scalars(failed.order_by(Job.id).with_for_update(key_share=True)).all()
    retried = sum(jobs.retry(session, job_id) for job_id in ids)
    session.refresh(batch)
    return retried


def _filtered(rows: Select[Batch], wanted: BatchFilter) -> Select[Batch]:
    if wanted.finished is not None:
        ended = Batch.finished_at.is_not(None)
        rows = rows.where(ended if wanted.finished else ~ended)
    if wanted.q:
        rows = rows.where(Batch.title.icontains(wanted.q, autoescape=True))
    if wanted.created_after is not None:
        rows = rows.where(Batch.created_at > wanted.created_after)
    if wanted.created_before is not None:
        rows = rows.where(Batch.created_at < wanted.created_before)
    return rows
