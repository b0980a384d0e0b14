"""Deletes a job with its files."""

from sqlalchemy.orm import Session

from db import derivations, jobs
from db.models import Job, JobStatus
from pipeline.artefacts import Artefacts
from pipeline.engines import EngineCard
from pipeline.lesson import LessonSpec
from pipeline.steps.script import script_digest, script_request
from pipeline.storage import Storage, export_prefix
from serve.errors import JobNotFinished, JobNotFound


def delete_job(db: Session, storage: Storage, job: Job) -> None:
    """The job, its exports, and those of its artefacts in which no other job has a part.

    Raises JobNotFinished while it runs, JobNotFound when somebody else deletes it.
    """
    locked = jobs.lock(db, job.id)
    if locked is None:
        raise JobNotFound
    if locked.status is JobStatus.RUNNING:
        raise JobNotFinished(locked.status.value)
    # last: if the storage fails, the rows stay
    for prefix in take_out(db, storage, locked):
        storage.delete_prefix(prefix)


def take_out(db: Session, storage: Storage, job: Job) -> list[str]:
    """Deletes the job's rows; what begins the keys of all that is to be deleted with them.

    The job must not be running.
    """
    prefixes = [key.rpartition("/")[0] + "/" for key in jobs.only_of(db, job)]
    derivations.forget_prefixes(db, prefixes)
    prefixes += [*_script(storage, job), export_prefix(job.owner_id, job.id)]
    jobs.delete(db, job.id)
    return prefixes


def _script(storage: Storage, job: Job) -> list[str]:
    """The script that was written for it; a job that shares it keeps scenes of its own."""
    written_by = next((step.engine for step in job.steps if step.name == "script"), None)
    if written_by is None:
        return []
    digest = script_digest(
        script_request(LessonSpec.model_validate(job.spec)), EngineCard(**written_by)
    )
    return [Artefacts(storage, job.owner_id).prefix("script", digest)]
