"""Deletes an asset with everything that was derived from it."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.orm import Session

from db import assets, derivations, jobs
from db.models import Asset, Job, JobStatus
from pipeline.storage import Storage, asset_prefix, export_prefix, upload_key
from serve.errors import AssetInUse, AssetNotFound, FieldError
from serve.schemas import AssetDeleted


def delete_asset(
    db: Session, storage: Storage, asset: Asset, *, force: bool, lessons: bool
) -> AssetDeleted:
    """The file, what engines learnt from it, and every scene spoken or filmed with it.

    Finished lessons stay, unless ``lessons`` says that they go too. ``force`` cancels the jobs that
    still use it; without it they raise AssetInUse. A scene that is being made at this moment is
    deleted by whoever makes it. Raises AssetNotFound when somebody else deletes it.
    """
    cancelled = _cancel(db, derivations.jobs_naming(db, asset), force=force)
    # jobs are locked before the asset, as workers do it
    naming = derivations.jobs_naming(db, asset)
    emptied = [job for job in naming if _goes(job, lessons=lessons)]
    prefixes = [export_prefix(job.owner_id, job.id) for job in emptied]
    kept = [job.id for job in naming if job.status is JobStatus.SUCCEEDED and not lessons]
    deleted = [job.id for job in emptied if lessons and jobs.delete(db, job.id)]
    if not lessons:
        derivations.forget_exports(db, emptied)
    if assets.lock(db, asset) is None:
        raise AssetNotFound
    made = derivations.forget(db, asset)
    assets.delete(db, asset)
    # last: if the storage fails, the rows stay
    prefixes += [asset_prefix(asset.owner_id, asset.id), upload_key(asset.id), *made]
    objects = sum(storage.delete_prefix(prefix) for prefix in prefixes)
    return AssetDeleted(
        id=asset.id,
        artefacts=len(made),
        objects=objects,
        jobs_cancelled=cancelled,
        lessons_deleted=deleted,
        lessons_kept=kept,
    )


def _cancel(db: Session, naming: Sequence[Job], *, force: bool) -> list[UUID]:
    busy = [job.id for job in naming if job.status not in jobs.ENDED]
    if busy and not force:
        told = (
            FieldError(f"jobs.{place}", "job_unfinished", str(job))
            for place, job in enumerate(busy)
        )
        raise AssetInUse(len(busy), *told)
    cancelled = jobs.cancel_many(db, busy)
    db.flush()
    return cancelled


def _goes(job: Job, *, lessons: bool) -> bool:
    """Whether the files of a job are deleted; a running one is cancelled, and exports nothing."""
    if job.status is JobStatus.SUCCEEDED:
        return lessons
    return job.status in jobs.ENDED
