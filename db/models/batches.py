"""Batches: many jobs that were asked for at once."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column
from uuid_utils.compat import uuid7

from db.models.base import Base


class Batch(Base):
    """Its jobs name it. ``items`` counts those that were taken; ``refused`` tells of the others.

    ``finished_at`` stands while none of its jobs waits or runs. ``making`` counts how often it was
    set going: 1, and one more whenever a job of a finished batch is retried.
    """

    __tablename__ = "batches"
    __table_args__ = (Index("ix_batches_owner_id", "owner_id", "id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    owner_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    title: Mapped[str]
    items: Mapped[int]
    refused: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    making: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    finished_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]


class BatchEvent(Base):
    """``batch.finished``, once for each making; ``data`` counts the jobs by status."""

    __tablename__ = "batch_events"

    batch_id: Mapped[UUID] = mapped_column(
        ForeignKey("batches.id", ondelete="CASCADE"), primary_key=True
    )
    making: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    data: Mapped[dict[str, Any]]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
