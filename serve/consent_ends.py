"""What the end of a consent ends with it: the lessons that are being made, and, if its owner wants,
all that was made."""

from sqlalchemy.orm import Session

from db import assets, consents, derivations, jobs
from db.models import Asset, JobStatus, User
from pipeline.errors import ConsentRevoked, retry_helps
from pipeline.storage import Storage, learnt_prefix
from serve.asset_deletion import forget_traces, refuse_unfinished
from serve.errors import AssetNotFound, ConsentNotFound
from serve.job_deletion import take_out
from serve.schemas import ConsentEnded, MadeDeleted


def revoke(db: Session, asset: Asset, by: User) -> ConsentEnded:
    """Ends the consent, and at once every lesson that waits or is being made with the asset.

    Raises ConsentNotFound.
    """
    if not consents.revoke(db, asset, by.id):
        raise ConsentNotFound
    error = ConsentRevoked(asset.kind.value)
    why = {"code": error.code, "detail": str(error), "advice": error.advice}
    unfinished = [j.id for j in derivations.jobs_naming(db, asset) if j.status not in jobs.ENDED]
    stopped = jobs.fail_many(db, unfinished, retryable=retry_helps(error.code), **why)
    named = derivations.jobs_naming(db, asset)
    lessons = [job.id for job in named if job.status is JobStatus.SUCCEEDED]
    return ConsentEnded(jobs_stopped=stopped, lessons=lessons)


def delete_made(db: Session, storage: Storage, asset: Asset) -> MadeDeleted:
    """Every lesson and every scene that was made with the asset, and what engines learnt of it.

    Raises AssetInUse while such a lesson is being made, AssetNotFound when the asset is gone.
    """
    named = derivations.jobs_naming(db, asset)
    refuse_unfinished(named)
    made = derivations.made_with(db, asset)
    prefixes = take_out(db, storage, named)
    if assets.lock(db, asset) is None:
        raise AssetNotFound
    made += derivations.forget(db, asset)
    deleted = [job.id for job in named]
    forget_traces(db, deleted)
    # last: if the storage fails, the rows stay
    prefixes += [*made, learnt_prefix(asset.owner_id, asset.id)]
    objects = storage.delete_prefixes(set(prefixes))
    return MadeDeleted(artefacts=len(set(made)), objects=objects, lessons_deleted=deleted)
