"""What the owner of a job does with it: create, find, cancel, retry, delete."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, delete, func, insert, select, text, tuple_, update
from sqlalchemy.orm import Session, aliased, selectinload
from uuid_utils.compat import uuid7

from db import batch_ends, derivations, events
from db.models import Event, Job, JobStatus, Lane, SceneRow, Step, StepStatus
from db.paging import Page

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
    job_id = create_many(session, owner_id, [NewJob(spec, remade_from=remade_from)])[0]
    return _whole(session, job_id)


@dataclass(frozen=True, slots=True)
class NewJob:
    """What a job is made of; ``batch_row`` where it is one of a batch."""

    spec: Mapping[str, Any]
    remade_from: UUID | None = None
    batch_id: UUID | None = None
    batch_row: int | None = None


def create_many(session: Session, owner_id: UUID, new: Sequence[NewJob]) -> list[UUID]:
    """As ``create``, for any number of jobs in a few statements; their ids."""
    ids = [uuid7() for _ in new]
    born = list(zip(ids, new, strict=True))
    rows = {
        Job: [_job_row(job_id, owner_id, each) for job_id, each in born],
        Step: [row for job_id, each in born for row in _step_rows(job_id, each.spec)],
        SceneRow: [row for job_id, each in born for row in _scene_rows(job_id, each.spec)],
        Event: [_first_event(job_id) for job_id in ids],
    }
    for table, values in rows.items():
        if values:
            session.execute(insert(table), values)
    return ids


def find(session: Session, owner_id: UUID, job_id: UUID) -> Job | None:
    """The owner's job with its steps, scenes and exports; None when there is none of theirs."""
    return session.scalars(
        select(Job).where(Job.id == job_id, Job.owner_id == owner_id).options(*PARTS)
    ).one_or_none()


class JobOrder(StrEnum):
    NEWEST = "newest"
    OLDEST = "oldest"
    TITLE = "title"


@dataclass(frozen=True, slots=True)
class JobFilter:
    """What a list is narrowed to; ``q`` is looked for in titles and external ids."""

    statuses: Sequence[JobStatus] = ()
    q: str | None = None
    external_id: str | None = None
    created_after: datetime | None = None
    created_before: datetime | None = None
    batch_id: UUID | None = None
    asset_id: UUID | None = None


def page(
    session: Session,
    owner_id: UUID,
    wanted: JobFilter,
    *,
    order: JobOrder = JobOrder.NEWEST,
    cursor: UUID | None = None,
    limit: int = 50,
) -> Page[Job]:
    """The owner's jobs that follow the one whose id is ``cursor``."""
    matching = _filtered(select(Job).where(Job.owner_id == owner_id), wanted)
    total = session.scalar(select(func.count()).select_from(matching.subquery())) or 0
    rest = matching if cursor is None else matching.where(_follows(order, cursor))
    rows = rest.order_by(*_sorted(order)).limit(limit + 1).options(*PARTS)
    found = list(session.scalars(rows))
    more = len(found) > limit
    return Page(found[:limit], found[limit - 1].id if more else None, total)


def rename(session: Session, job_id: UUID, title: str) -> bool:
    """Also in its spec, where a remake or a retry finds it; False when there is none any more.

    Files that are made keep the title they were made with.
    """
    job = lock(session, job_id)
    if job is None:
        return False
    job.title, job.spec = title, job.spec | {"title": title}
    session.flush()
    return True


def cancel(session: Session, job_id: UUID) -> bool:
    """Cancels a queued job at once, asks the worker of a running one; False when it has ended."""
    return bool(cancel_many(session, [job_id]))


def cancel_many(session: Session, ids: Collection[UUID]) -> list[UUID]:
    """As ``cancel``; the ids of those that had not ended.

    All are locked, in one order, before anything else is: a worker that ends one of them waits for
    nobody who waits for that worker.
    """
    unfinished = [job for job in lock_many(session, ids) if job.status not in ENDED]
    for job in unfinished:
        if job.status is JobStatus.QUEUED:
            _end(session, job, JobStatus.CANCELLED)
        else:
            _ask_to_stop(session, job)
    for batch_id in {job.batch_id for job in unfinished}:
        batch_ends.settle(session, batch_id)
    return [job.id for job in unfinished]


def fail_many(session: Session, ids: Collection[UUID], **told: Any) -> list[UUID]:
    """Ends at once those that had not ended, with an error; their ids.

    They are locked as in ``cancel_many``. Whoever works at one of them learns that it lost its
    lease, and can write nothing more.
    """
    unfinished = [job for job in lock_many(session, ids) if job.status not in ENDED]
    for job in unfinished:
        running = job.status is JobStatus.RUNNING
        _end(session, job, JobStatus.FAILED, **told)
        if running:
            _tell_worker(session, job)
    for batch_id in {job.batch_id for job in unfinished}:
        batch_ends.settle(session, batch_id)
    return [job.id for job in unfinished]


def retry(session: Session, job_id: UUID) -> bool:
    """Sets a failed or cancelled job going again, from what is done; False when it is neither."""
    job = lock(session, job_id)
    if job is None or job.status not in (JobStatus.FAILED, JobStatus.CANCELLED):
        return False
    job.status, job.making, job.losses = JobStatus.QUEUED, job.making + 1, 0
    job.error_code = job.error_detail = job.error_advice = job.error_scene = None
    job.cancel_asked_at = job.started_at = job.finished_at = None
    job.not_before = func.now()
    for step in job.steps:
        if step.status is not StepStatus.SUCCEEDED:
            _reset(step)
    session.flush()
    events.append(session, job.id, "job.queued", making=job.making)
    batch_ends.reopen(session, job.batch_id)
    return True


def delete_many(session: Session, ids: Collection[UUID]) -> list[UUID]:
    """Removes the rows, in as many statements for any number; the ids of those that were there.

    A worker that still runs one of them is refused from then on.
    """
    locked = lock_many(session, ids)
    gone = [job.id for job in locked]
    batch_ids = {job.batch_id for job in locked if job.batch_id}
    session.execute(delete(Job).where(Job.id.in_(gone)))
    for batch_id in sorted(batch_ids):
        batch_ends.settle(session, batch_id)
    return gone


def end(session: Session, job: Job, status: JobStatus, **data: Any) -> None:
    """The last event of a making. The job must be locked and not have ended.

    A failed job takes its error from the event's data. Its batch may end with it.
    """
    _end(session, job, status, **data)
    batch_ends.settle(session, job.batch_id)


def _end(session: Session, job: Job, status: JobStatus, **data: Any) -> None:
    job.status, job.finished_at = status, func.now()
    job.leased_by = job.leased_until = None
    if status is JobStatus.FAILED:
        job.error_code, job.error_detail = data["code"], data["detail"]
        job.error_advice, job.error_scene = data["advice"], data.get("scene")
        pause_steps(session, job.id)
    if status is JobStatus.CANCELLED:
        _cancel_steps(session, job.id)
    session.flush()
    events.append(session, job.id, f"job.{status}", **data)


def lock(session: Session, job_id: UUID) -> Job | None:
    """The job as it is now, locked against other writers until the transaction ends."""
    return session.get(Job, job_id, with_for_update={"key_share": True}, populate_existing=True)


def lock_many(session: Session, ids: Collection[UUID]) -> Sequence[Job]:
    """As ``lock``, those that are there; in one order, so that nobody waits for each other."""
    rows = select(Job).where(Job.id.in_(ids)).order_by(Job.id).with_for_update(key_share=True)
    return session.scalars(rows.execution_options(populate_existing=True)).all()


def hold(session: Session, job_id: UUID) -> bool:
    """Whether the job is there; if so, it is until the transaction ends. Nobody else waits but who
    would delete it."""
    there = select(Job.id).where(Job.id == job_id)
    return session.scalar(there.with_for_update(read=True, key_share=True)) is not None


def pause_steps(session: Session, job_id: UUID) -> None:
    """Nobody works at the job's steps any more."""
    session.execute(
        update(Step)
        .where(Step.job_id == job_id, Step.status == StepStatus.RUNNING)
        .values(status=StepStatus.PENDING)
    )


PARTS = (selectinload(Job.steps), selectinload(Job.scenes), selectinload(Job.exports))
"""A job with all that belongs to it, in four statements whatever their number."""


def _whole(session: Session, job_id: UUID) -> Job:
    return session.scalars(
        select(Job)
        .where(Job.id == job_id)
        .options(*PARTS)
        .execution_options(populate_existing=True)
    ).one()


def _job_row(job_id: UUID, owner_id: UUID, new: NewJob) -> dict[str, Any]:
    return {
        "id": job_id,
        "owner_id": owner_id,
        "title": new.spec["title"],
        "spec": dict(new.spec),
        "lane": Lane(new.spec.get("priority", "interactive")),
        "external_id": new.spec.get("external_id"),
        "remade_from": new.remade_from,
        "batch_id": new.batch_id,
        "batch_row": new.batch_row,
        "last_event": 1,
    }


def _step_rows(job_id: UUID, spec: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for position, name in enumerate(STEP_NAMES):
        if name != "video" or spec.get("preview") is None:
            yield {"job_id": job_id, "name": name, "position": position}


def _scene_rows(job_id: UUID, spec: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for index, scene in enumerate(spec.get("scenes", ())):
        yield {
            "job_id": job_id,
            "index": index,
            "title": scene.get("title"),
            "narration": scene["narration"],
            "slide_id": UUID(scene["slide_id"]) if scene.get("slide_id") else None,
        }


def _first_event(job_id: UUID) -> dict[str, Any]:
    return {
        "job_id": job_id,
        "number": 1,
        "making": 1,
        "kind": "job.queued",
        "data": {"making": 1},
    }


def _ask_to_stop(session: Session, job: Job) -> None:
    job.cancel_asked_at = job.cancel_asked_at or func.now()
    session.flush()
    _tell_worker(session, job)


def _tell_worker(session: Session, job: Job) -> None:
    session.execute(
        text("SELECT pg_notify(:channel, :id)"), {"channel": CANCELS_CHANNEL, "id": str(job.id)}
    )


def _sorted(order: JobOrder) -> tuple[ColumnElement[Any], ...]:
    match order:
        case JobOrder.NEWEST:
            return (Job.id.desc(),)
        case JobOrder.OLDEST:
            return (Job.id.asc(),)
        case JobOrder.TITLE:
            return (func.lower(Job.title).asc(), Job.id.asc())


def _follows(order: JobOrder, cursor: UUID) -> ColumnElement[bool]:
    """Ids grow with time; the title of the last one seen is looked up, by the database."""
    match order:
        case JobOrder.NEWEST:
            return Job.id < cursor
        case JobOrder.OLDEST:
            return Job.id > cursor
        case JobOrder.TITLE:
            last = aliased(Job)
            seen = select(func.lower(last.title)).where(last.id == cursor).scalar_subquery()
            return tuple_(func.lower(Job.title), Job.id) > tuple_(seen, cursor)


def _filtered(jobs: Select[Job], wanted: JobFilter) -> Select[Job]:
    if wanted.statuses:
        jobs = jobs.where(Job.status.in_(wanted.statuses))
    if wanted.batch_id is not None:
        jobs = jobs.where(Job.batch_id == wanted.batch_id)
    if wanted.asset_id is not None:
        jobs = jobs.where(derivations.is_named(wanted.asset_id))
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
