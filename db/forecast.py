"""When a job will be done: its place in the queue, measured speeds, and the depth of the queue."""

from collections.abc import Mapping
from dataclasses import dataclass
from statistics import median
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Float, Select, Subquery, and_, cast, func, or_, select
from sqlalchemy.orm import Session, aliased

from db.models import Job, JobStatus, Lane, SceneRow, Step, StepStatus

CHARACTERS_A_SECOND = 15.0
"""English narration at an ordinary pace; only for scenes that are not spoken yet."""
PROMPTED_SECONDS = 60.0
"""How long a lesson is taken to become while neither its script nor a length asked for is known."""
USUAL_SPEED = {"script": 0.1, "speech": 0.2, "video": 1.0, "package": 0.05}
"""Seconds of work a second of lesson, until something has been measured."""
RECENT_JOBS = 50


@dataclass(frozen=True, slots=True)
class QueueDepth:
    """``waiting``: jobs that could run now; ``oldest_seconds``: how long the first one has."""

    waiting: int
    running: int
    oldest_seconds: float


@dataclass(frozen=True, slots=True)
class Outlook:
    """``ahead``: jobs that would be made before; ``wait_seconds``: how long they take."""

    ahead: int
    wait_seconds: float
    work_seconds: float


def depth(session: Session) -> QueueDepth:
    """What the number of producers is decided by."""
    ready = or_(
        and_(Job.status == JobStatus.QUEUED, Job.not_before <= func.now()),
        and_(Job.status == JobStatus.RUNNING, Job.leased_until < func.now()),
    )
    age = func.extract("epoch", func.now() - func.min(_waiting_since()).filter(ready))
    row = session.execute(
        select(
            func.count().filter(ready).label("waiting"),
            func.count().filter(~ready & (Job.status == JobStatus.RUNNING)).label("running"),
            func.coalesce(age, 0.0).label("oldest"),
        ).where(Job.status.in_((JobStatus.QUEUED, JobStatus.RUNNING)))
    ).one()
    return QueueDepth(row.waiting, row.running, float(row.oldest))


def position(session: Session, job_id: UUID) -> int | None:
    """The job's place in the queue, from 1, were no job to end and none to come; else None.

    Its owner's jobs that run or wait before it count against it, as they do when it is leased.
    """
    line = _line()
    return session.scalar(select(line.c.place).where(line.c.id == job_id))


def seconds_left(session: Session, job: Job, place: int | None) -> float | None:
    """How long until the job is done, from measured speeds; None when it has ended.

    A job that waits, at its ``place`` in the queue, also waits for those before it, shared among as
    many as run now.
    """
    if job.status not in (JobStatus.QUEUED, JobStatus.RUNNING):
        return None
    own = _work_left(session, job)
    ahead = (place or 1) - 1
    if ahead == 0:
        return own
    running = select(func.count()).where(Job.status == JobStatus.RUNNING)
    return own + ahead * own / max(1, session.scalar(running) or 0)


def outlook(
    session: Session, owner_id: UUID, spec: Mapping[str, Any], lesson_seconds: float
) -> Outlook:
    """Of a lesson so long that the owner might hand in now, for ``interactive`` work."""
    own = sum(
        lesson_seconds
        * speed(session, step, _asked_engine(spec, step), spec["video"]["resolution"])
        for step in _steps_of(spec)
    )
    before = session.scalar(_ahead_of_a_new_one(owner_id)) or 0
    running = select(func.count()).where(Job.status == JobStatus.RUNNING)
    wait = before * own / max(1, session.scalar(running) or 0) if before else 0.0
    return Outlook(before, wait, own)


def batch_seconds_left(session: Session, batch_id: UUID) -> float:
    """How long until all jobs of the batch are done, shared among as many as run now."""
    running = select(func.count()).where(Job.status == JobStatus.RUNNING)
    work = work_left(session, Job.batch_id == batch_id)
    return work / max(1, session.scalar(running) or 0)


def work_left(session: Session, *which: ColumnElement[bool]) -> float:
    """Seconds of work in the jobs that run or wait, from measured speeds."""
    lesson = (
        select(func.sum(func.coalesce(SceneRow.seconds, _spoken_seconds())))
        .where(SceneRow.job_id == Job.id)
        .scalar_subquery()
    )
    asked = cast(Job.spec["minutes"].astext, Float) * 60.0
    seconds = func.coalesce(lesson, asked, PROMPTED_SECONDS)
    engine = func.coalesce(Step.engine["name"].astext, Job.spec["engines"][Step.name].astext)
    resolution = Job.spec["video"]["resolution"].astext
    left = session.execute(
        select(Step.name, engine, resolution, func.sum((1.0 - Step.progress) * seconds))
        .join(Job, Job.id == Step.job_id)
        .where(Step.status != StepStatus.SUCCEEDED, *which)
        .where(Job.status.in_((JobStatus.QUEUED, JobStatus.RUNNING)))
        .group_by(Step.name, engine, resolution)
    ).all()
    return sum(
        float(lasting) * speed(session, step, None if name == "auto" else name, size)
        for step, name, size, lasting in left
    )


def speed(session: Session, step: str, engine: str | None, resolution: str | None) -> float:
    """Seconds of work a second of lesson: the median of what this engine did in recent jobs."""
    recent = select(Job.id).where(Job.status == JobStatus.SUCCEEDED)
    if resolution is not None and step == "video":
        recent = recent.where(Job.spec["video"]["resolution"].astext == resolution)
    measured = select(Step.work_seconds / Step.media_seconds).where(
        Step.job_id.in_(recent.order_by(Job.id.desc()).limit(RECENT_JOBS)),
        Step.name == step,
        Step.media_seconds > 0,
    )
    if engine is not None:
        measured = measured.where(Step.engine["name"].astext == engine)
    speeds = session.scalars(measured).all()
    return float(median(speeds)) if speeds else USUAL_SPEED[step]


def _work_left(session: Session, job: Job) -> float:
    seconds = _lesson_seconds(job)
    resolution = job.spec.get("video", {}).get("resolution")
    return sum(
        (1.0 - step.progress)
        * seconds
        * speed(session, step.name, _engine_name(step, job.spec), resolution)
        for step in job.steps
        if step.status is not StepStatus.SUCCEEDED
    )


def _lesson_seconds(job: Job) -> float:
    if job.scenes:
        return sum(_scene_seconds(scene) for scene in job.scenes)
    minutes = job.spec.get("minutes")
    return minutes * 60.0 if minutes else PROMPTED_SECONDS


def _scene_seconds(scene: SceneRow) -> float:
    return scene.seconds or len(scene.narration) / CHARACTERS_A_SECOND


def _spoken_seconds() -> ColumnElement[Any]:
    return cast(func.length(SceneRow.narration), Float) / CHARACTERS_A_SECOND


def _engine_name(step: Step, spec: Mapping[str, Any]) -> str | None:
    """Who makes it or was asked to; None while that is left to the studio."""
    return str(step.engine["name"]) if step.engine is not None else _asked_engine(spec, step.name)


def _asked_engine(spec: Mapping[str, Any], step: str) -> str | None:
    asked = spec.get("engines", {}).get(step, "auto")
    return None if asked == "auto" else str(asked)


def _steps_of(spec: Mapping[str, Any]) -> list[str]:
    """The steps in which something will be made."""
    given, heard = bool(spec.get("scenes")), spec.get("preview") is not None
    left_out = {*(["script"] if given else []), *(["video"] if heard else [])}
    return [step for step in USUAL_SPEED if step not in left_out]


def _waiting_since() -> ColumnElement[object]:
    return func.greatest(Job.created_at, Job.not_before)


def _line() -> Subquery:
    """The queued jobs with their places."""
    turns = _turns()
    place = func.row_number().over(
        order_by=(turns.c.lane == Lane.BATCH, turns.c.turn, turns.c.created_at, turns.c.id)
    )
    return select(turns.c.id, place.label("place")).subquery()


def _ahead_of_a_new_one(owner_id: UUID) -> Select[int]:
    """How many queued jobs have their turn before that of one which comes now."""
    turns = _turns()
    own = (
        select(func.count())
        .where(Job.owner_id == owner_id, Job.lane == Lane.INTERACTIVE)
        .where(Job.status.in_((JobStatus.QUEUED, JobStatus.RUNNING)))
        .scalar_subquery()
    )
    return select(func.count()).where(turns.c.lane == Lane.INTERACTIVE, turns.c.turn <= own + 1)


def _turns() -> Subquery:
    """The queued jobs, and how many of their owner's run or wait before each of them, from 1."""
    ahead = aliased(Job)
    running = (
        select(func.count())
        .where(ahead.owner_id == Job.owner_id, ahead.status == JobStatus.RUNNING)
        .scalar_subquery()
    )
    own = func.row_number().over(
        partition_by=Job.owner_id, order_by=(Job.lane == Lane.BATCH, Job.created_at, Job.id)
    )
    return (
        select(Job.id, Job.lane, Job.created_at, (running + own).label("turn"))
        .where(Job.status == JobStatus.QUEUED)
        .subquery()
    )
