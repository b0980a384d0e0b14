"""Batches as their owners read them."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from db import batch_ends, batches, forecast
from db.models import Batch, Job
from pipeline.storage import Storage
from serve.job_reads import error_read, export_read
from serve.schemas import BatchCounts, BatchRead, BatchSummary, Manifest, ManifestItem


def batch_read(db: Session, batch: Batch) -> BatchRead:
    how_far = counts(db, batch)
    return BatchRead(
        **_summary(batch, how_far.counts),
        refused=batch.refused,
        seconds_left=how_far.seconds_left,
    )


def summaries(db: Session, found: Sequence[Batch]) -> list[BatchSummary]:
    counted = batch_ends.counts(db, [batch.id for batch in found])
    return [BatchSummary(**_summary(batch, counted[batch.id])) for batch in found]


def counts(db: Session, batch: Batch) -> BatchCounts:
    left = None if batch.finished_at else round(forecast.batch_seconds_left(db, batch.id), 1)
    return BatchCounts(counts=batch_ends.counts(db, [batch.id])[batch.id], seconds_left=left)


def manifest(db: Session, storage: Storage, batch: Batch) -> Manifest:
    """With an address for each export."""
    return Manifest(
        batch_id=batch.id,
        title=batch.title,
        finished_at=batch.finished_at,
        items=[_item(storage, job) for job in batches.everything(db, batch.id)],
        refused=batch.refused,
    )


def _item(storage: Storage, job: Job) -> ManifestItem:
    return ManifestItem(
        row=job.batch_row,
        external_id=job.external_id,
        title=job.title,
        job_id=job.id,
        status=job.status,
        error=error_read(job),
        exports=[export_read(storage, export) for export in job.exports],
    )


def _summary(batch: Batch, counted: batch_ends.Counts) -> dict[str, Any]:
    return {
        "id": batch.id,
        "title": batch.title,
        "items": batch.items,
        "refused_count": len(batch.refused),
        "counts": counted,
        "making": batch.making,
        "created_at": batch.created_at,
        "cancelled_at": batch.cancelled_at,
        "finished_at": batch.finished_at,
    }
