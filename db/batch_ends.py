"""When a batch has ended, and when it has not any more.

Whoever ends, deletes or sets going a job tells it here in the same transaction, with the job's row
locked and flushed: a batch is always locked after its jobs.
"""

from collections.abc import Collection, Mapping
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.models import Batch, BatchEvent, Job, JobStatus

FINISHED = "batch.finished"
UNFINISHED = (JobStatus.QUEUED, JobStatus.RUNNING)

Counts = Mapping[JobStatus, int]


def settle(session: Session, batch_id: UUID | None) -> None:
    """Ends the batch when none of its jobs waits or runs: once, however many ended at this moment.

    The last event of a making; its data are the title, and the number of jobs by status.
    """
    batch = _lock(session, batch_id)
    if batch is None or batch.finished_at is not None:
        return
    # read after the lock: whoever held it has committed
    counted = counts(session, [batch.id])[batch.id]
    if any(counted[status] for status in UNFINISHED):
        return
    batch.finished_at = func.now()
    session.add(
        BatchEvent(
            batch_id=batch.id,
            making=batch.making,
            kind=FINISHED,
            data={
                "batch_id": str(batch.id),
                "title": batch.title,
                "counts": {str(status): number for status, number in counted.items()},
            },
        )
    )
    session.flush()


def reopen(session: Session, batch_id: UUID | None) -> None:
    """One of its jobs was set going again."""
    batch = _lock(session, batch_id)
    if batch is not None and batch.finished_at is not None:
        batch.finished_at, batch.making = None, batch.making + 1
        session.flush()


def counts(session: Session, batch_ids: Collection[UUID]) -> dict[UUID, Counts]:
    """How many jobs of each batch have each status, all statuses told."""
    rows = session.execute(
        select(Job.batch_id, Job.status, func.count())
        .where(Job.batch_id.in_(batch_ids))
        .group_by(Job.batch_id, Job.status)
    )
    found = {(batch_id, status): number for batch_id, status, number in rows}
    return {
        batch_id: {status: found.get((batch_id, status), 0) for status in JobStatus}
        for batch_id in batch_ids
    }


def _lock(session: Session, batch_id: UUID | None) -> Batch | None:
    if batch_id is None:
        return None
    return session.get(Batch, batch_id, with_for_update={"key_share": True}, populate_existing=True)
