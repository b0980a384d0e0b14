"""Deletes an asset with everything that was derived from it."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy.orm import Session

from db import assets, deliveries, derivations, drafts, idempotency, jobs
from db.consents import OF_PEOPLE
from db.models import Asset, Job, JobStatus
from pipeline.storage import Storage, asset_prefix, export_prefix, upload_key
from serve.errors import AssetInUse, AssetNotFound, FieldError
from serve.job_deletion import take_out
from serve.schemas import AssetDeleted


def delete_asset(
    db: Session, storage: Storage, asset: Asset, *, force: bool, lessons: bool | None
) -> AssetDeleted:
    """The file, what engines learnt from it, every scene spoken or filmed with it, and drafts'
    mention of it.

    ``lessons`` says whether finished lessons go too; where it is None, those go that show somebody
    or sound like somebody. ``force`` cancels the jobs that still use it; without it they raise
    AssetInUse. A scene that is being made at this moment is deleted by whoever makes it. Raises
    AssetNotFound when somebody else deletes it.
    """
    lessons = asset.kind in OF_PEOPLE if lessons is None else lessons
    cancelled = _cancel(db, derivations.jobs_naming(db, asset), force=force)
    # jobs are locked before the asset, as workers do it
    naming = derivations.jobs_naming(db, asset)
    emptied = [job for job in naming if _goes(job, lessons=lessons)]
    kept = [job.id for job in naming if job.status is JobStatus.SUCCEEDED and not lessons]
    deleted = [job.id for job in emptied] if lessons else []
    made = derivations.made_with(db, asset)
    prefixes = _empty(db, storage, emptied, lessons=lessons)
    if assets.lock(db, asset) is None:
        raise AssetNotFound
    made += derivations.forget(db, asset)
    drafts.forget_asset(db, asset.owner_id, asset.id)
    forget_traces(db, deleted, asset.id)
    assets.delete(db, asset)
    # last: if the storage fails, the rows stay
    prefixes += [asset_prefix(asset.owner_id, asset.id), upload_key(asset.id), *made]
    objects = storage.delete_prefixes(set(prefixes))
    return AssetDeleted(
        id=asset.id,
        artefacts=len(set(made)),
        objects=objects,
        jobs_cancelled=cancelled,
        lessons_deleted=deleted,
        lessons_kept=kept,
    )


def refuse_unfinished(naming: Sequence[Job]) -> None:
    """Raises AssetInUse while one of them waits or runs."""
    busy = [job.id for job in naming if job.status not in jobs.ENDED]
    if busy:
        told = (
            FieldError(f"jobs.{place}", "job_unfinished", str(job))
            for place, job in enumerate(busy)
        )
        raise AssetInUse(len(busy), *told)


def forget_traces(db: Session, jobs_gone: Collection[UUID], asset_gone: UUID | None = None) -> None:
    """What still tells of lessons and assets that are gone: messages to webhooks, and answers that
    are kept for requests that come twice."""
    deliveries.forget_jobs(db, jobs_gone)
    places = [f"/api/jobs/{job}" for job in jobs_gone]
    idempotency.forget(db, places if asset_gone is None else [*places, f"/api/assets/{asset_gone}"])


def _cancel(db: Session, naming: Sequence[Job], *, force: bool) -> list[UUID]:
    if not force:
        refuse_unfinished(naming)
    busy = [job.id for job in naming if job.status not in jobs.ENDED]
    cancelled = jobs.cancel_many(db, busy)
    db.flush()
    return cancelled


def _goes(job: Job, *, lessons: bool) -> bool:
    """Whether the files of a job are deleted; a running one is cancelled, and exports nothing."""
    if job.status is JobStatus.SUCCEEDED:
        return lessons
    return job.status in jobs.ENDED


def _empty(db: Session, storage: Storage, emptied: Sequence[Job], *, lessons: bool) -> list[str]:
    if lessons:
        return take_out(db, storage, emptied)
    derivations.forget_exports(db, emptied)
    return [export_prefix(job.owner_id, job.id) for job in emptied]
