"""Deletes a job with its files."""

from collections.abc import Iterator, Sequence

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
    storage.delete_prefixes(take_out(db, storage, [locked]))


def take_out(db: Session, storage: Storage, going: Sequence[Job]) -> list[str]:
    """Deletes the rows of these jobs, in as many statements for any number of them; what begins the
    keys of all that is to be deleted with them.

    None of them may be running.
    """
    ids = [job.id for job in going]
    jobs.lock_many(db, ids)  # first, as workers do it
    prefixes = [key.rpartition("/")[0] + "/" for key in derivations.only_of(db, ids)]
    derivations.forget_prefixes(db, prefixes)
    prefixes += _scripts(db, storage, going)
    prefixes += [export_prefix(job.owner_id, job.id) for job in going]
    jobs.delete_many(db, ids)
    return prefixes


def _scripts(db: Session, storage: Storage, going: Sequence[Job]) -> Iterator[str]:
    """Those that were written for them; a job that shares one keeps scenes of its own."""
    written_by = derivations.script_writers(db, [job.id for job in going])
    for job in going:
        if job.id in written_by:
            request = script_request(LessonSpec.model_validate(job.spec))
            digest = script_digest(request, EngineCard(**written_by[job.id]))
            yield Artefacts(storage, job.owner_id).prefix("script", digest)
