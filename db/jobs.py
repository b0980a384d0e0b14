"""What the owner of a job does with it: create, find, cancel, retry, delete."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select, text, update
from sqlalchemy.orm import Session, selectinload

from db import events
from db.models import Job, JobStatus, Lane, SceneRow, Step, StepStatus

STEP_NAMES = ("script", "speech", "video", "package")
CANCELS_CHANNEL = "lectern_cancels"
"""The id of a running job that is to stop; a hint for its worker, which looks anyway."""
ENDED = (JobStatus.SUCCEEDED, JobStatus.FAILED, JobStatus.CANCELLED)


def create(
    session: Session, owner_id: UUID, spec: Mapping[str, Any], *, remade_from: UUID | None = None
) -> Job:
    """A queued job with its steps, the scenes its spec gives, and its first event.

    ``spec`` is a validated LessonSpec as JSON values.
    """
    job = Job(
        owner_id=owner_id,
        title=spec["title"],
        spec=dict(spec),
        lane=Lane(spec.get("priority", "interactive")),
        external_id=spec.get("external_id"),
        remade_from=remade_from,
    )
    job.steps = [Step(name=name, position=place) for place, name in enumerate(STEP_NAMES)]
    job.scenes = [
        SceneRow(
            index=index,
            title=scene.get("title"),
            narration=scene["narration"],
            slide_id=UUID(scene["slide_id"]) if scene.get("slide_id") else None,
        )
        for index, scene in enumerate(spec.get("scenes", ()))
    ]
    session.add(job)
    session.flush()
    events.append(session, job.id, "job.queued", making=1)
    return _whole(session, job.id)


def find(session: Session, owner_id: UUID, job_id: UUID) -> Job | None:
    """The owner's job with its steps, scenes and exports; None when there is none of theirs."""
    return session.scalars(
        select(Job).where(Job.id == job_id, Job.owner_id == owner_id).options(*_PARTS)
    ).one_or_none()


@dataclass(frozen=True, slots=True)
class JobFilter:
    """What a list is narrowed to; ``q`` is looked for in titles and external ids."""

    status: JobStatus | None = None
    q: str | None = None
    external_id: str | None = None
    created_after: datetime | None = None
    created_before: datetime | None = None


@dataclass(frozen=True, slots=True)
class JobPage:
    """Newest first. ``next_cursor`` is None on the last page; ``total`` counts all pages."""

    items: list[Job]
    next_cursor: UUID | None
    total: int


def page(
    session: Session,
    owner_id: UUID,
    wanted: JobFilter,
    *,
    cursor: UUID | None = None,
    limit: int = 50,
) -> JobPage:
    """The owner's jobs that follow ``cursor``; ids grow with time, so one is place enough."""
    matching = _filtered(select(Job).where(Job.owner_id == owner_id), wanted)
    total = session.scalar(select(func.count()).select_from(matching.subquery())) or 0
    rest = matching if cursor is None else matching.where(Job.id < cursor)
    found = list(session.scalars(rest.order_by(Job.id.desc()).limit(limit + 1).options(*_PARTS)))
    more = len(found) > limit
    return JobPage(found[:limit], found[limit - 1].id if more else None, total)


def cancel(session: Session, job_id: UUID) -> bool:
    """Cancels a queued job at once, asks the worker of a running one; False when it has ended."""
    job = lock(session, job_id)
    if job is None or job.status in ENDED:
        return False
    if job.status is JobStatus.QUEUED:
        end(session, job, JobStatus.CANCELLED)
        return True
    job.cancel_asked_at = job.cancel_asked_at or func.now()
    session.execute(
        text("SELECT pg_notify(:channel, :id)"), {"channel": CANCELS_CHANNEL, "id": str(job.id)}
    )
    return True


def retry(session: Session, job_id: UUID) -> bool:
    """Sets a failed or cancelled job going again, from what is done; False when it is neither."""
    job = lock(session, job_id)
    if job is None or job.status not in (JobStatus.FAILED, JobStatus.CANCELLED):
        return False
    job.status, job.making, job.losses = JobStatus.QUEUED, job.making + 1, 0
    job.error_code = job.error_detail = job.error_advice = None
    job.cancel_asked_at = job.started_at = job.finished_at = None
    job.not_before = func.now()
    for step in job.steps:
        if step.status is not StepStatus.SUCCEEDED:
            _reset(step)
    session.flush()
    events.append(session, job.id, "job.queued", making=job.making)
    return True


def delete(session: Session, job_id: UUID) -> bool:
    """Removes the rows. A worker that still runs it is refused from then on."""
    job = lock(session, job_id)
    if job is None:
        return False
    session.delete(job)
    session.flush()
    return True


def end(session: Session, job: Job, status: JobStatus, **data: Any) -> None:
    """The last event of a making. The job must be locked and not have ended.

    A failed job takes its error from the event's data.
    """
    job.status, job.finished_at = status, func.now()
    job.leased_by = job.leased_until = None
    if status is JobStatus.FAILED:
        job.error_code, job.error_detail = data["code"], data["detail"]
        job.error_advice = data["advice"]
        pause_steps(session, job.id)
    if status is JobStatus.CANCELLED:
        _cancel_steps(session, job.id)
    session.flush()
    events.append(session, job.id, f"job.{status}", **data)


def lock(session: Session, job_id: UUID) -> Job | None:
    """The job as it is now, locked against other writers until the transaction ends."""
    return session.get(Job, job_id, with_for_update={"key_share": True}, populate_existing=True)


def pause_steps(session: Session, job_id: UUID) -> None:
    """Nobody works at the job's steps any more."""
    session.execute(
        update(Step)
        .where(Step.job_id == job_id, Step.status == StepStatus.RUNNING)
        .values(status=StepStatus.PENDING)
    )


_PARTS = (selectinload(Job.steps), selectinload(Job.scenes), selectinload(Job.exports))


def _whole(session: Session, job_id: UUID) -> Job:
    return session.scalars(
        select(Job)
        .where(Job.id == job_id)
        .options(*_PARTS)
        .execution_options(populate_existing=True)
    ).one()


def _filtered(jobs: Select[Job], wanted: JobFilter) -> Select[Job]:
    if wanted.status is not None:
        jobs = jobs.where(Job.status == wanted.status)
    if wanted.q:
        near = Job.title.icontains(wanted.q, autoescape=True)
        jobs = jobs.where(near | Job.external_id.icontains(wanted.q, autoescape=True))
    if wanted.external_id is not None:
        jobs = jobs.where(Job.external_id == wanted.external_id)
    if wanted.created_after is not None:
        jobs = jobs.where(Job.created_at > wanted.created_after)
    if wanted.created_before is not None:
        jobs = jobs.where(Job.created_at < wanted.created_before)
    return jobs


def _reset(step: Step) -> None:
    step.status, step.progress, step.attempt = StepStatus.PENDING, 0.0, 0
    step.error_code = step.error_detail = step.error_advice = None
    step.started_at = step.finished_at = None


def _cancel_steps(session: Session, job_id: UUID) -> None:
    unfinished = (StepStatus.PENDING, StepStatus.RUNNING)
    session.execute(
        update(Step)
        .where(Step.job_id == job_id, Step.status.in_(unfinished))
        .values(status=StepStatus.CANCELLED)
    )
