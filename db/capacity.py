"""How much the studio has to do, who does it, and how fast: for whoever runs it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from db.forecast import RECENT_JOBS
from db.models import Job, JobStatus, Lane, Step


@dataclass(frozen=True, slots=True)
class LaneDepth:
    """``waiting``: jobs that could run now; ``oldest_seconds``: how long the first one has."""

    lane: Lane
    waiting: int
    running: int
    oldest_seconds: float


@dataclass(frozen=True, slots=True)
class ProducerLoad:
    """A producer by the jobs it holds, and until when its first lease lasts."""

    name: str
    jobs: int
    leased_until: datetime


@dataclass(frozen=True, slots=True)
class MeasuredSpeed:
    """Seconds of work a second of video: the median over so many jobs."""

    step: str
    engine: str
    jobs: int
    work_seconds: float


def lanes(session: Session) -> list[LaneDepth]:
    """Both lanes, empty or not."""
    ready = or_(
        and_(Job.status == JobStatus.QUEUED, Job.not_before <= func.now()),
        and_(Job.status == JobStatus.RUNNING, Job.leased_until < func.now()),
    )
    first = func.min(func.greatest(Job.created_at, Job.not_before)).filter(ready)
    rows = session.execute(
        select(
            Job.lane,
            func.count().filter(ready).label("waiting"),
            func.count().filter(and_(~ready, Job.status == JobStatus.RUNNING)).label("running"),
            func.coalesce(func.extract("epoch", func.now() - first), 0.0).label("oldest"),
        )
        .where(Job.status.in_((JobStatus.QUEUED, JobStatus.RUNNING)))
        .group_by(Job.lane)
    )
    found = {
        row.lane: LaneDepth(row.lane, row.waiting, row.running, float(row.oldest)) for row in rows
    }
    return [found.get(lane, LaneDepth(lane, 0, 0, 0.0)) for lane in Lane]


def producers(session: Session) -> list[ProducerLoad]:
    """Those that hold a lease that is good."""
    rows = session.execute(
        select(Job.leased_by, func.count(), func.min(Job.leased_until))
        .where(Job.status == JobStatus.RUNNING, Job.leased_until >= func.now())
        .group_by(Job.leased_by)
        .order_by(Job.leased_by)
    )
    # a job that runs is leased: the table sees to it
    return [
        ProducerLoad(name, jobs, until) for name, jobs, until in rows if name and until is not None
    ]


def speeds(session: Session) -> Sequence[MeasuredSpeed]:
    """By step and engine, in recent jobs."""
    recent = select(Job.id).where(Job.status == JobStatus.SUCCEEDED).order_by(Job.id.desc())
    engine = Step.engine["name"].astext
    speed = Step.work_seconds / Step.media_seconds
    rows = session.execute(
        select(Step.name, engine, func.count(), func.percentile_cont(0.5).within_group(speed.asc()))
        .where(Step.job_id.in_(recent.limit(RECENT_JOBS)))
        .where(Step.media_seconds > 0, engine.is_not(None))
        .group_by(Step.name, engine)
        .order_by(func.min(Step.position), engine)
    )
    return [MeasuredSpeed(*row) for row in rows]
