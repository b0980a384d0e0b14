"""Jobs: lessons being made."""

from typing import Annotated

from fastapi import APIRouter, Body, Depends, Query, Response, status
from pydantic import AwareDatetime

from db import jobs
from db.models import Job, JobStatus
from pipeline.lesson import LessonSpec
from pipeline.storage import export_prefix
from serve import lessons
from serve.deps import Audit, LessonReader, LessonWriter, OwnJob, Paging, StudioParts, Transaction
from serve.errors import JobFinished, JobNotFinished, JobNotRetryable
from serve.examples import SPEC_EXAMPLES
from serve.job_reads import job_read, summaries
from serve.limits import StrictRoute
from serve.schemas import JobPage, JobRead, Search

router = APIRouter(prefix="/api/jobs", tags=["jobs"], route_class=StrictRoute)


async def possible_spec(
    user: LessonWriter,  # noqa: ARG001
    studio: StudioParts,
    spec: Annotated[LessonSpec, Body(openapi_examples=SPEC_EXAMPLES)],
) -> LessonSpec:
    """Outside of the transaction, which must not wait for engines to answer."""
    await lessons.check_engines(studio, spec)
    return spec


PossibleSpec = Annotated[LessonSpec, Depends(possible_spec)]


@router.post("", status_code=status.HTTP_202_ACCEPTED)
def create_job(
    spec: PossibleSpec, user: LessonWriter, db: Transaction, response: Response
) -> JobRead:
    """Accepts a lesson: from here on it is made, or ends with the reason why not."""
    lessons.check_spec(db, user, spec)
    job = jobs.create(db, user.id, spec.model_dump(mode="json"))
    response.headers["Location"] = f"/api/jobs/{job.id}"
    return job_read(db, job)


@router.get("")
def list_jobs(
    user: LessonReader,
    db: Transaction,
    paging: Paging,
    status: JobStatus | None = None,
    q: Annotated[Search | None, Query(description="Part of the title or external id.")] = None,
    external_id: Search | None = None,
    created_after: AwareDatetime | None = None,
    created_before: AwareDatetime | None = None,
) -> JobPage:
    """Own jobs, newest first."""
    wanted = jobs.JobFilter(status, q, external_id, created_after, created_before)
    page = jobs.page(db, user.id, wanted, cursor=paging.cursor, limit=paging.limit)
    return JobPage(items=summaries(page.items), next_cursor=page.next_cursor, total=page.total)


@router.get("/{job_id}")
def read_job(job: OwnJob, db: Transaction) -> JobRead:
    """A job with its steps and scenes, its place in the queue and the time left."""
    return job_read(db, job)


@router.post("/{job_id}/cancel", status_code=status.HTTP_202_ACCEPTED)
def cancel_job(user: LessonWriter, job: OwnJob, db: Transaction) -> JobRead:  # noqa: ARG001
    """Cancels at once what waits, and within ten seconds what runs."""
    if not jobs.cancel(db, job.id):
        raise JobFinished(job.status.value)
    return job_read(db, _again(db, job))


@router.post("/{job_id}/retry", status_code=status.HTTP_202_ACCEPTED)
def retry_job(user: LessonWriter, job: OwnJob, db: Transaction) -> JobRead:  # noqa: ARG001
    """Goes on from what is done."""
    if not jobs.retry(db, job.id):
        raise JobNotRetryable(job.status.value)
    return job_read(db, _again(db, job))


@router.post("/{job_id}/remake", status_code=status.HTTP_202_ACCEPTED)
def remake_job(
    spec: PossibleSpec, user: LessonWriter, job: OwnJob, db: Transaction, response: Response
) -> JobRead:
    """A new job from a changed spec; scenes that did not change are not made again."""
    lessons.check_spec(db, user, spec)
    remade = jobs.create(db, user.id, spec.model_dump(mode="json"), remade_from=job.id)
    response.headers["Location"] = f"/api/jobs/{remade.id}"
    return job_read(db, remade)


@router.delete("/{job_id}", status_code=status.HTTP_204_NO_CONTENT)
def delete_job(
    user: LessonWriter, job: OwnJob, db: Transaction, studio: StudioParts, record: Audit
) -> None:
    """Deletes a job that does not run, with its exports."""
    locked = jobs.lock(db, job.id)
    if locked is not None and locked.status is JobStatus.RUNNING:
        raise JobNotFinished(locked.status.value)
    jobs.delete(db, job.id)
    record("job.deleted", f"job:{job.id}", title=job.title)
    # last: if the storage fails, the rows stay
    studio.storage.delete_prefix(export_prefix(user.id, job.id))


def _again(db: Transaction, job: Job) -> Job:
    """The job as it is after a change that was made beside the rows in memory."""
    db.expire_all()
    return jobs.find(db, job.owner_id, job.id) or job
