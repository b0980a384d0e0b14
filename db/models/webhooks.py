"""Webhooks, and the outbox of what they are sent."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    CheckConstraint,
    ForeignKey,
    Index,
    Text,
    func,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship
from uuid_utils.compat import uuid7

from db.models.base import Base, choice


class DeliveryStatus(StrEnum):
    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


class Webhook(Base):
    """An address that is told of events of these kinds.

    ``secret`` and ``previous_secret`` are sealed: see ``serve.webhook_secrets``. Both sign until
    ``previous_until``. ``failing_since`` is the first failure since the last success;
    ``disabled_reason`` says why the studio stopped sending, where its owner did not.
    """

    __tablename__ = "webhooks"
    __table_args__ = (
        Index("ix_webhooks_owner_id", "owner_id", "id"),
        CheckConstraint("NOT (enabled AND disabled_reason IS NOT NULL)", name="reason_if_disabled"),
        CheckConstraint(
            "(previous_secret IS NULL) = (previous_until IS NULL)", name="previous_ends"
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    owner_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    url: Mapped[str]
    description: Mapped[str]
    kinds: Mapped[list[str]] = mapped_column(ARRAY(Text))
    enabled: Mapped[bool] = mapped_column(default=True)
    disabled_at: Mapped[datetime | None]
    disabled_reason: Mapped[str | None]
    failing_since: Mapped[datetime | None]
    secret: Mapped[str]
    previous_secret: Mapped[str | None]
    previous_until: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class Delivery(Base):
    """One event on its way to one webhook. Triggers write it, in the transaction of the event.

    ``body`` is sent as it stands, byte for byte. ``lease`` is the fencing token of whoever sends it
    until ``leased_until``; ``attempts`` counts the tries whose end was written down.
    """

    __tablename__ = "deliveries"
    __table_args__ = (
        CheckConstraint(
            "(status = 'pending') = (finished_at IS NULL)", name="finished_unless_pending"
        ),
        CheckConstraint("(status = 'failed') = (error_code IS NOT NULL)", name="error_if_failed"),
        Index("ix_deliveries_webhook_id", "webhook_id", "id"),
        Index("ix_deliveries_created_at", "created_at"),
        Index("ix_deliveries_job_id", "job_id", postgresql_where=text("job_id IS NOT NULL")),
        Index("ix_deliveries_due", "next_at", postgresql_where=text("status = 'pending'")),
        Index(
            "uq_deliveries_event",
            "webhook_id",
            "event_id",
            unique=True,
            postgresql_where=text("redelivery_of IS NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    webhook_id: Mapped[UUID] = mapped_column(ForeignKey("webhooks.id", ondelete="CASCADE"))
    event_id: Mapped[str]
    kind: Mapped[str]
    job_id: Mapped[UUID | None]
    batch_id: Mapped[UUID | None]
    redelivery_of: Mapped[UUID | None]
    body: Mapped[str]
    status: Mapped[DeliveryStatus] = mapped_column(
        choice(DeliveryStatus, "delivery_status"), default=DeliveryStatus.PENDING
    )
    attempts: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime] = mapped_column(server_default=func.now())
    lease: Mapped[int] = mapped_column(default=0)
    leased_until: Mapped[datetime | None]
    error_code: Mapped[str | None]
    error_detail: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    finished_at: Mapped[datetime | None]

    tries: Mapped[list["DeliveryTry"]] = relationship(
        cascade="all, delete-orphan", passive_deletes=True, order_by="DeliveryTry.number"
    )


class DeliveryTry(Base):
    """What came of sending it once. ``status`` is that of HTTP, null where no answer came;
    ``answer`` how the answer began."""

    __tablename__ = "delivery_tries"

    delivery_id: Mapped[UUID] = mapped_column(
        ForeignKey("deliveries.id", ondelete="CASCADE"), primary_key=True
    )
    number: Mapped[int] = mapped_column(primary_key=True)
    milliseconds: Mapped[int]
    status: Mapped[int | None]
    answer: Mapped[str]
    error_code: Mapped[str | None]
    error_detail: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
