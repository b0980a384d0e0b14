"""What workers do with jobs: lease, keep, hand back.

A lease is a job, and the attempt that it was given under. Whoever writes into a leased job first
takes ``hold`` of it in the same transaction: that refuses the holder of an older lease, and keeps
the row from being leased anew until the transaction has ended.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, update
from sqlalchemy.orm import Session

from db import consents, events
from db.jobs import end, pause_steps
from db.models import Asset, AssetStatus, Consent, Job, JobStatus, Lane


@dataclass(frozen=True, slots=True)
class Lease:
    """A job in a worker's hands. ``attempt`` is the fencing token; ``losses`` those so far."""

    job_id: UUID
    owner_id: UUID
    attempt: int
    losses: int


class Beat(StrEnum):
    """What a worker learns from its heartbeat."""

    HELD = "held"
    CANCEL_ASKED = "cancel_asked"
    LOST = "lost"


def lease(session: Session, worker: str, seconds: float) -> Lease | None:
    """Takes the job whose turn it is, for so many seconds; None when none waits.

    A job whose lease ran out lost its worker: it is taken over like one that waits.
    """
    job = session.scalars(_next_job()).one_or_none()
    if job is None:
        return None
    lost = job.status is JobStatus.RUNNING
    job.status, job.leased_by = JobStatus.RUNNING, worker
    job.attempt, job.losses = job.attempt + 1, job.losses + lost
    job.leased_until = func.now() + timedelta(seconds=seconds)
    job.started_at = func.coalesce(Job.started_at, func.now())
    session.flush()
    events.append(session, job.id, "job.started", attempt=job.attempt, taken_over=lost)
    return Lease(job.id, job.owner_id, job.attempt, job.losses)


def beat(session: Session, held: Lease, seconds: float) -> Beat:
    """Holds the lease for so many seconds more."""
    row = session.execute(
        update(Job)
        .where(_under(held))
        .values(leased_until=func.now() + timedelta(seconds=seconds))
        .returning(Job.cancel_asked_at)
        .execution_options(synchronize_session=False)
    ).one_or_none()
    if row is None:
        return Beat.LOST
    return Beat.HELD if row.cancel_asked_at is None else Beat.CANCEL_ASKED


def hold(session: Session, held: Lease) -> Job | None:
    """The job, locked until the transaction ends; None when the lease is no longer good."""
    return session.scalars(
        select(Job)
        .where(_under(held))
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).one_or_none()


def release(
    session: Session, job: Job, pause_seconds: float, *, loss: bool = False, **reason: Any
) -> None:
    """Puts a held job back into the queue, for later; ``reason`` goes into the event.

    A job that was to be cancelled is cancelled instead.
    """
    if job.cancel_asked_at is not None:
        end(session, job, JobStatus.CANCELLED)
        return
    job.status, job.losses = JobStatus.QUEUED, job.losses + loss
    job.leased_by = job.leased_until = None
    job.not_before = func.now() + timedelta(seconds=pause_seconds)
    pause_steps(session, job.id)
    session.flush()
    events.append(session, job.id, "job.retrying", pause_seconds=pause_seconds, **reason)


@dataclass(frozen=True, slots=True)
class AssetFile:
    """Where an asset's bytes are, and which they are.

    ``consented``: whoever is seen or heard in it has agreed, and has not thought better of it.
    ``proved``: whoever is heard in it has been heard to agree.
    ``consent_id``: what was recorded of that, where anything was.
    """

    storage_key: str
    sha256: str
    consented: bool
    proved: bool
    consent_id: UUID | None = None


def asset_files(session: Session, owner_id: UUID, ids: Iterable[UUID]) -> dict[UUID, AssetFile]:
    """Those of the owner's assets that are ready, by id."""
    open_ = (Consent.asset_id == Asset.id, Consent.revoked_at.is_(None))
    consent = select(Consent.id).where(*open_).scalar_subquery().label("consent_id")
    given = consents.is_given().label("ok"), consents.is_proved().label("proved")
    rows = session.execute(
        select(Asset.id, Asset.storage_key, Asset.sha256, *given, consent).where(
            Asset.id.in_(list(ids)), Asset.owner_id == owner_id, Asset.status == AssetStatus.READY
        )
    )
    return {r.id: AssetFile(r.storage_key, r.sha256, r.ok, r.proved, r.consent_id) for r in rows}


def _next_job() -> Select[Job]:
    """Interactive before batch, then the user with the fewest running, then the oldest."""
    running = (
        select(Job.owner_id, func.count().label("jobs"))
        .where(Job.status == JobStatus.RUNNING, Job.leased_until >= func.now())
        .group_by(Job.owner_id)
        .subquery()
    )
    return (
        select(Job)
        .outerjoin(running, running.c.owner_id == Job.owner_id)
        .where(
            or_(
                and_(Job.status == JobStatus.QUEUED, Job.not_before <= func.now()),
                and_(Job.status == JobStatus.RUNNING, Job.leased_until < func.now()),
            )
        )
        .order_by(
            (Job.lane == Lane.BATCH), func.coalesce(running.c.jobs, 0), Job.created_at, Job.id
        )
        .limit(1)
        .with_for_update(of=Job, skip_locked=True, key_share=True)
        .execution_options(populate_existing=True)
    )


def _under(held: Lease) -> ColumnElement[bool]:
    return and_(Job.id == held.job_id, Job.attempt == held.attempt, Job.status == JobStatus.RUNNING)
