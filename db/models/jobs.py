"""Jobs with their steps, scenes, events and exports."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    func,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship
from uuid_utils.compat import uuid7

from db.models.base import Base, choice


class JobStatus(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"


class StepStatus(StrEnum):
    PENDING = "pending"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"


class SceneStatus(StrEnum):
    WRITTEN = "written"
    SPOKEN = "spoken"
    FILMED = "filmed"


class Lane(StrEnum):
    INTERACTIVE = "interactive"
    BATCH = "batch"


TERMINAL_EVENTS = ("job.succeeded", "job.failed", "job.cancelled")


class Job(Base):
    """One making of one lesson.

    ``attempt`` is the fencing token: it grows with every lease, and a write that carries an older
    one is refused. ``making`` counts the times the job was set going (1, and one more a retry by
    its owner): each has one terminal event. ``last_event`` numbers the events without gaps.
    ``losses`` counts how often this making lost its machine or process; they are bounded too, but
    apart from the steps' own attempts. ``batch_row`` is its place, from 1, among all that was asked
    for with its batch. ``error_scene`` is the index of the scene at which it failed, if it was one.
    """

    __tablename__ = "jobs"
    __table_args__ = (
        CheckConstraint("(status = 'running') = (leased_until IS NOT NULL)", name="leased"),
        CheckConstraint(
            "(status IN ('succeeded', 'failed', 'cancelled')) = (finished_at IS NOT NULL)",
            name="finished",
        ),
        CheckConstraint("(status = 'failed') = (error_code IS NOT NULL)", name="error_if_failed"),
        CheckConstraint("batch_id IS NULL OR batch_row IS NOT NULL", name="batch_row"),
        Index("ix_jobs_queue", "lane", "created_at", postgresql_where=text("status = 'queued'")),
        Index("ix_jobs_leased_until", "leased_until", postgresql_where=text("status = 'running'")),
        Index("ix_jobs_owner_id", "owner_id", "id"),
        # of a job that is deleted: those that were made from it are looked for
        Index(
            "ix_jobs_remade_from",
            "remade_from",
            postgresql_where=text("remade_from IS NOT NULL"),
        ),
        Index(
            "ix_jobs_batch_id",
            "batch_id",
            "batch_row",
            postgresql_where=text("batch_id IS NOT NULL"),
        ),
        Index(
            "uq_jobs_batch_external_id",
            "batch_id",
            "external_id",
            unique=True,
            postgresql_where=text("batch_id IS NOT NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    owner_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    title: Mapped[str]
    spec: Mapped[dict[str, Any]]
    lane: Mapped[Lane] = mapped_column(choice(Lane, "lane"), default=Lane.INTERACTIVE)
    status: Mapped[JobStatus] = mapped_column(
        choice(JobStatus, "job_status"), default=JobStatus.QUEUED
    )
    external_id: Mapped[str | None]
    remade_from: Mapped[UUID | None] = mapped_column(ForeignKey("jobs.id", ondelete="SET NULL"))
    batch_id: Mapped[UUID | None] = mapped_column(ForeignKey("batches.id", ondelete="SET NULL"))
    batch_row: Mapped[int | None]
    making: Mapped[int] = mapped_column(default=1)
    attempt: Mapped[int] = mapped_column(default=0)
    losses: Mapped[int] = mapped_column(default=0)
    leased_by: Mapped[str | None]
    leased_until: Mapped[datetime | None]
    not_before: Mapped[datetime] = mapped_column(server_default=func.now())
    cancel_asked_at: Mapped[datetime | None]
    last_event: Mapped[int] = mapped_column(default=0)
    error_code: Mapped[str | None]
    error_detail: Mapped[str | None]
    error_advice: Mapped[str | None]
    error_scene: Mapped[int | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]

    steps: Mapped[list["Step"]] = relationship(
        cascade="all, delete-orphan", passive_deletes=True, order_by="Step.position"
    )
    scenes: Mapped[list["SceneRow"]] = relationship(
        cascade="all, delete-orphan", passive_deletes=True, order_by="SceneRow.index"
    )
    exports: Mapped[list["Export"]] = relationship(
        cascade="all, delete-orphan", passive_deletes=True, order_by="Export.name"
    )


class Step(Base):
    """One of the four stages of a job. ``engine`` is the card of who made it, once known.

    ``work_seconds`` counts the time engines worked, over all scenes made (not those found done);
    ``media_seconds`` what they made in it: their ratio is the measured speed.
    """

    __tablename__ = "steps"
    __table_args__ = (
        CheckConstraint("progress BETWEEN 0 AND 1", name="progress"),
        CheckConstraint("(status = 'failed') = (error_code IS NOT NULL)", name="error_if_failed"),
    )

    job_id: Mapped[UUID] = mapped_column(
        ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True
    )
    name: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int]
    status: Mapped[StepStatus] = mapped_column(
        choice(StepStatus, "step_status"), default=StepStatus.PENDING
    )
    progress: Mapped[float] = mapped_column(default=0.0)
    attempt: Mapped[int] = mapped_column(default=0)
    engine: Mapped[dict[str, Any] | None]
    work_seconds: Mapped[float] = mapped_column(default=0.0)
    media_seconds: Mapped[float] = mapped_column(default=0.0)
    error_code: Mapped[str | None]
    error_detail: Mapped[str | None]
    error_advice: Mapped[str | None]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]


class SceneRow(Base):
    """How far one scene of a job is; the keys are those of its artefacts."""

    __tablename__ = "scenes"
    __table_args__ = tuple(
        # who else has a part in what is to be deleted
        Index(f"ix_scenes_{key}", key, postgresql_where=text(f"{key} IS NOT NULL"))
        for key in ("speech_key", "clip_key")
    )

    job_id: Mapped[UUID] = mapped_column(
        ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True
    )
    index: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str | None]
    narration: Mapped[str]
    slide_id: Mapped[UUID | None]
    status: Mapped[SceneStatus] = mapped_column(
        choice(SceneStatus, "scene_status"), default=SceneStatus.WRITTEN
    )
    progress: Mapped[float] = mapped_column(default=0.0)
    seconds: Mapped[float | None]
    speech_key: Mapped[str | None]
    clip_key: Mapped[str | None]
    poster_key: Mapped[str | None]


class Event(Base):
    """One line of a job's history; what SSE and webhooks deliver."""

    __tablename__ = "events"
    __table_args__ = (
        Index(
            "uq_events_terminal",
            "job_id",
            "making",
            unique=True,
            postgresql_where=text("kind IN ('job.succeeded', 'job.failed', 'job.cancelled')"),
        ),
    )

    job_id: Mapped[UUID] = mapped_column(
        ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True
    )
    number: Mapped[int] = mapped_column(primary_key=True)
    making: Mapped[int]
    kind: Mapped[str]
    data: Mapped[dict[str, Any]]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class FeedEntry(Base):
    """An event's place among all events of an owner's jobs. Triggers write it.

    Places grow, and are seen in their order: who has seen one has seen all before it. They have
    gaps.
    """

    __tablename__ = "feed"
    __table_args__ = (
        ForeignKeyConstraint(
            ["job_id", "number"], ["events.job_id", "events.number"], ondelete="CASCADE"
        ),
        Index("ix_feed_job_id_number", "job_id", "number"),
    )

    owner_id: Mapped[UUID] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True
    )
    place: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    job_id: Mapped[UUID]
    number: Mapped[int]


class Export(Base):
    """A finished file of a job."""

    __tablename__ = "exports"

    job_id: Mapped[UUID] = mapped_column(
        ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True
    )
    name: Mapped[str] = mapped_column(primary_key=True)
    content_type: Mapped[str]
    bytes: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str]
    storage_key: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
