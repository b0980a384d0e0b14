"""The tables. Rules of state stand here as enums, checks and partial unique indexes."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    Enum,
    ForeignKey,
    Index,
    MetaData,
    Text,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship
from uuid_utils.compat import uuid7


class Role(StrEnum):
    VIEWER = "viewer"
    CREATOR = "creator"
    ADMIN = "admin"


class AssetKind(StrEnum):
    PORTRAIT = "portrait"
    VOICE = "voice"
    SCRIPT = "script"
    SLIDE = "slide"


class AssetStatus(StrEnum):
    PENDING = "pending"
    PROCESSING = "processing"
    READY = "ready"
    FAILED = "failed"


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


def _enum(kind: type[StrEnum], name: str) -> Enum:
    return Enum(kind, name=name, values_callable=lambda members: [m.value for m in members])


class Base(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012 — SQLAlchemy reads it as a plain class attribute
        datetime: DateTime(timezone=True),
        dict[str, Any]: JSONB,
        str: Text,
        Role: _enum(Role, "role"),
        AssetKind: _enum(AssetKind, "asset_kind"),
        AssetStatus: _enum(AssetStatus, "asset_status"),
        JobStatus: _enum(JobStatus, "job_status"),
        StepStatus: _enum(StepStatus, "step_status"),
        SceneStatus: _enum(SceneStatus, "scene_status"),
        Lane: _enum(Lane, "lane"),
    }


class User(Base):
    """A person with an account. ``email`` and ``username`` are kept in lower case."""

    __tablename__ = "users"
    __table_args__ = (
        CheckConstraint("email = lower(email)", name="email_lower"),
        CheckConstraint("username ~ '^[a-z0-9_-]{3,32}$'", name="username_form"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    email: Mapped[str] = mapped_column(unique=True)
    username: Mapped[str] = mapped_column(unique=True)
    password_hash: Mapped[str]
    role: Mapped[Role] = mapped_column(default=Role.CREATOR)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    disabled_at: Mapped[datetime | None]


class Session(Base):
    """A sign-in: one family of refresh tokens, of which only the newest is good."""

    __tablename__ = "sessions"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    refresh_hash: Mapped[str] = mapped_column(unique=True)
    remember: Mapped[bool] = mapped_column(default=False)
    user_agent: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    used_at: Mapped[datetime] = mapped_column(server_default=func.now())
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class SpentRefresh(Base):
    """A refresh token already exchanged; seeing it again ends its session."""

    __tablename__ = "spent_refreshes"

    refresh_hash: Mapped[str] = mapped_column(primary_key=True)
    session_id: Mapped[UUID] = mapped_column(
        ForeignKey("sessions.id", ondelete="CASCADE"), index=True
    )
    spent_at: Mapped[datetime] = mapped_column(server_default=func.now())


class Asset(Base):
    """What a user uploaded. ``details`` holds what was found in it (face box, loudness …)."""

    __tablename__ = "assets"
    __table_args__ = (
        CheckConstraint("(status = 'failed') = (error_code IS NOT NULL)", name="error_if_failed"),
        CheckConstraint("bytes >= 0", name="bytes"),
        Index("ix_assets_owner_id_created_at", "owner_id", "created_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    owner_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    kind: Mapped[AssetKind]
    status: Mapped[AssetStatus]
    name: Mapped[str]
    content_type: Mapped[str]
    bytes: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str]
    storage_key: Mapped[str]
    details: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'::jsonb"))
    error_code: Mapped[str | None]
    error_detail: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class Job(Base):
    """One making of one lesson.

    ``attempt`` is the fencing token: it grows with every lease, and a write that carries an older
    one is refused. ``making`` counts the times the job was set going (1, and one more a retry by
    its owner): each has one terminal event. ``last_event`` numbers the events without gaps.
    ``losses`` counts how often this making lost its machine or process; they are bounded too, but
    apart from the steps' own attempts.
    """

    __tablename__ = "jobs"
    __table_args__ = (
        CheckConstraint("(status = 'running') = (leased_until IS NOT NULL)", name="leased"),
        CheckConstraint(
            "(status IN ('succeeded', 'failed', 'cancelled')) = (finished_at IS NOT NULL)",
            name="finished",
        ),
        CheckConstraint("(status = 'failed') = (error_code IS NOT NULL)", name="error_if_failed"),
        Index("ix_jobs_queue", "lane", "created_at", postgresql_where=text("status = 'queued'")),
        Index("ix_jobs_leased_until", "leased_until", postgresql_where=text("status = 'running'")),
        Index("ix_jobs_owner_id_created_at", "owner_id", "created_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    owner_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    title: Mapped[str]
    spec: Mapped[dict[str, Any]]
    lane: Mapped[Lane] = mapped_column(default=Lane.INTERACTIVE)
    status: Mapped[JobStatus] = mapped_column(default=JobStatus.QUEUED)
    external_id: Mapped[str | None]
    remade_from: Mapped[UUID | None] = mapped_column(ForeignKey("jobs.id", ondelete="SET NULL"))
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
    status: Mapped[StepStatus] = mapped_column(default=StepStatus.PENDING)
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

    job_id: Mapped[UUID] = mapped_column(
        ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True
    )
    index: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str | None]
    narration: Mapped[str]
    slide_id: Mapped[UUID | None]
    status: Mapped[SceneStatus] = mapped_column(default=SceneStatus.WRITTEN)
    progress: Mapped[float] = mapped_column(default=0.0)
    seconds: Mapped[float | None]
    speech_key: Mapped[str | None]
    clip_key: Mapped[str | None]


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
