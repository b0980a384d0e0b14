"""Jobs: lessons being made."""

from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Body, Depends, Query, Request, Response, status
from fastapi.responses import JSONResponse

from db import jobs
from db.jobs import JobOrder
from db.models import Job, JobStatus, User
from pipeline.lesson import LessonSpec
from serve import job_deletion, lessons, outlook, remakes
from serve.deps import (
    Audit,
    HeldJob,
    LessonReader,
    LessonWriter,
    OwnJob,
    PageAsked,
    Paging,
    StudioParts,
    Transaction,
)
from serve.errors import FieldError, JobFinished, JobNotFound, JobNotRetryable, RequestInvalid
from serve.examples import SPEC_EXAMPLES
from serve.idempotency import CREATES
from serve.job_reads import job_read, summaries
from serve.limits import StrictRoute
from serve.merge_patch import MERGE_PATCH
from serve.quotas import Quota
from serve.schemas import (
    JobChange,
    JobEstimate,
    JobPage,
    JobRead,
    Moment,
    RemakePlan,
    RemakeRead,
    Search,
)

CHANGED_SPEC = {
    "required": True,
    "content": {
        "application/json": {
            "schema": {"$ref": "#/components/schemas/LessonSpec"},
            "examples": SPEC_EXAMPLES,
        },
        MERGE_PATCH: {"schema": {"$ref": "#/components/schemas/SpecPatch"}},
    },
}
WOULD_REMAKE: dict[int | str, dict[str, Any]] = {
    200: {"model": RemakePlan, "description": "What would be made, with `dry_run`."}
}

router = APIRouter(prefix="/api/jobs", tags=["jobs"], route_class=StrictRoute)


async def possible_spec(
    user: LessonWriter,  # noqa: ARG001
    studio: StudioParts,
    spec: Annotated[LessonSpec, Body(openapi_examples=SPEC_EXAMPLES)],
) -> LessonSpec:
    """Outside of the transaction, which must not wait for engines to answer."""
    await lessons.check_makeable(studio, spec)
    return spec


PossibleSpec = Annotated[LessonSpec, Depends(possible_spec)]


@router.post("", status_code=status.HTTP_202_ACCEPTED, dependencies=[CREATES])
def create_job(
    spec: PossibleSpec,
    user: LessonWriter,
    db: Transaction,
    studio: StudioParts,
    quota: Quota,
    record: Audit,
    response: Response,
) -> JobRead:
    """Accepts a lesson: from here on it is made, or ends with the reason why not."""
    lessons.check_spec(db, user, spec, studio.proved_voices)
    job = jobs.create(db, user.id, spec.model_dump(mode="json"))
    quota.check_lessons()
    _note_unlabelled(record, job)
    response.headers["Location"] = f"/api/jobs/{job.id}"
    return job_read(db, studio.storage, job)


@router.post("/estimate")
def estimate_job(
    spec: Annotated[LessonSpec, Body(openapi_examples=SPEC_EXAMPLES)],
    user: LessonReader,
    db: Transaction,
) -> JobEstimate:
    """How long a lesson would be, and how long its making would take, were it handed in now.

    Nothing is made, and nothing of it is looked up but how fast lessons are made.
    """
    return outlook.estimate(db, user, spec)


@router.get("")
def list_jobs(
    user: LessonReader,
    db: Transaction,
    studio: StudioParts,
    paging: Paging,
    status: Annotated[
        list[JobStatus], Query(description="Any of these; may be repeated.", max_length=5)
    ] = [],  # noqa: B006 — FastAPI copies it
    q: Annotated[Search | None, Query(description="Part of the title or external id.")] = None,
    external_id: Search | None = None,
    batch: Annotated[UUID | None, Query(description="Jobs of this batch.")] = None,
    asset: Annotated[UUID | None, Query(description="Jobs that use this asset.")] = None,
    created_after: Moment | None = None,
    created_before: Moment | None = None,
    sort: JobOrder = JobOrder.NEWEST,
) -> JobPage:
    """Own jobs."""
    wanted = jobs.JobFilter(status, q, external_id, created_after, created_before, batch, asset)
    _check_cursor(db, user, sort, paging)
    page = jobs.page(db, user.id, wanted, order=sort, cursor=paging.cursor, limit=paging.limit)
    items = summaries(studio.storage, page.items)
    return JobPage(items=items, next_cursor=page.next_cursor, total=page.total)


@router.get("/{job_id}")
def read_job(job: OwnJob, db: Transaction, studio: StudioParts) -> JobRead:
    """A job with its steps and scenes, its place in the queue and the time left."""
    return job_read(db, studio.storage, job)


@router.patch("/{job_id}")
def update_job(
    user: LessonWriter,
    job: OwnJob,
    change: JobChange,
    db: Transaction,
    studio: StudioParts,
) -> JobRead:
    """Renames a job, whatever it is doing. Files that are made keep the title they have."""
    if not jobs.rename(db, job.id, change.title):
        raise JobNotFound
    return job_read(db, studio.storage, _again(db, user, job.id))


@router.post("/{job_id}/cancel", status_code=status.HTTP_202_ACCEPTED)
def cancel_job(
    user: LessonWriter,
    job: OwnJob,
    db: Transaction,
    studio: StudioParts,
) -> JobRead:
    """Cancels at once what waits, and within ten seconds what runs."""
    cancelled = jobs.cancel(db, job.id)
    now = _again(db, user, job.id)
    if not cancelled:
        raise JobFinished(now.status.value)
    return job_read(db, studio.storage, now)


@router.post("/{job_id}/retry", status_code=status.HTTP_202_ACCEPTED)
def retry_job(
    user: LessonWriter,
    job: OwnJob,
    db: Transaction,
    studio: StudioParts,
    quota: Quota,
) -> JobRead:
    """Goes on from what is done."""
    retried = jobs.retry(db, job.id)
    now = _again(db, user, job.id)
    if not retried:
        raise JobNotRetryable(now.status.value)
    quota.check_lessons()
    return job_read(db, studio.storage, now)


@dataclass(frozen=True, slots=True)
class RemakeAsked:
    """A spec whose engines can run, and what it would have made."""

    spec: LessonSpec
    plan: RemakePlan


async def remake_asked(
    user: LessonWriter, job_id: UUID, request: Request, studio: StudioParts
) -> RemakeAsked:
    """Outside of the transaction, which must not wait for engines to answer."""
    spec = await remakes.asked_spec(request, studio, user.id, job_id)
    await lessons.check_makeable(studio, spec)
    return RemakeAsked(spec, await remakes.plan(studio, user.id, spec))


@router.post(
    "/{job_id}/remake",
    status_code=status.HTTP_202_ACCEPTED,
    response_model=RemakeRead,
    responses=WOULD_REMAKE,
    openapi_extra={"requestBody": CHANGED_SPEC},
    dependencies=[CREATES],
)
def remake_job(
    asked: Annotated[RemakeAsked, Depends(remake_asked)],
    user: LessonWriter,
    job: HeldJob,
    db: Transaction,
    studio: StudioParts,
    quota: Quota,
    record: Audit,
    response: Response,
    dry_run: Annotated[bool, Query(description="Only tell what would be made.")] = False,
) -> RemakeRead | Response:
    """A new job from a changed spec: a whole one, or a merge patch over that of the job.

    Scenes that did not change are not made again; the answer tells which are.
    """
    lessons.check_spec(db, user, asked.spec, studio.proved_voices)
    if dry_run:
        return JSONResponse(asked.plan.model_dump(mode="json"))
    remade = jobs.create(db, user.id, asked.spec.model_dump(mode="json"), remade_from=job.id)
    quota.check_lessons()
    _note_unlabelled(record, remade)
    response.headers["Location"] = f"/api/jobs/{remade.id}"
    return RemakeRead(**dict(job_read(db, studio.storage, remade)), plan=asked.plan)


@router.delete("/{job_id}", status_code=status.HTTP_204_NO_CONTENT)
def delete_job(
    user: LessonWriter,  # noqa: ARG001
    job: OwnJob,
    db: Transaction,
    studio: StudioParts,
    record: Audit,
) -> None:
    """Deletes a job that does not run, with its exports and all that was made for it alone."""
    record("job.deleted", f"job:{job.id}", title=job.title)
    job_deletion.delete_job(db, studio.storage, job)


def _note_unlabelled(record: Audit, job: Job) -> None:
    """A picture that does not say that it is synthetic is somebody's decision."""
    if not LessonSpec.model_validate(job.spec).video.label:
        record("job.unlabelled", f"job:{job.id}", title=job.title)


def _check_cursor(db: Transaction, user: User, order: JobOrder, paging: PageAsked) -> None:
    """Ids are places by themselves; in the order of titles, the job must still be there."""
    if order is not JobOrder.TITLE or paging.cursor is None:
        return
    if jobs.find(db, user.id, paging.cursor) is None:
        told = "The job with which the page before ended is gone."
        raise RequestInvalid(FieldError("cursor", "cursor_invalid", told))


def _again(db: Transaction, user: User, job_id: UUID) -> Job:
    """The job as it is after a change that was made beside the rows in memory. Raises JobNotFound
    when somebody else has deleted it."""
    db.expire_all()
    job = jobs.find(db, user.id, job_id)
    if job is None:
        raise JobNotFound
    return job
