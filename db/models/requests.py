"""What is kept of requests: answers under a key, how many there were, and what they cost."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import Base


class KeyedAnswer(Base):
    """The first answer to a request that came with an ``Idempotency-Key``.

    ``account`` is whose key it is; key and answer are hashed and sealed by whoever writes them.
    ``digest`` is that of what was asked. While the request is under way there is no ``status``, and
    ``claim`` is who works at it, until ``claimed_until`` at the latest.
    """

    __tablename__ = "keyed_answers"
    __table_args__ = (
        CheckConstraint("(status IS NULL) = (body IS NULL)", name="answered_whole"),
        CheckConstraint("(status IS NULL) = (headers IS NULL)", name="answered_with_headers"),
    )

    account: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    digest: Mapped[str]
    claim: Mapped[UUID]
    claimed_until: Mapped[datetime]
    status: Mapped[int | None]
    headers: Mapped[dict[str, Any] | None]
    body: Mapped[bytes | None] = mapped_column(LargeBinary)
    expires_at: Mapped[datetime] = mapped_column(index=True)


class RateBucket(Base):
    """A token bucket: how many requests of one kind ``subject`` may make now.

    Not logged: written without waiting for the disk, and full again after a crash. ``granted`` is
    what was taken last.
    """

    __tablename__ = "rate_buckets"
    __table_args__ = ({"prefixes": ["UNLOGGED"]},)

    subject: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    tokens: Mapped[float]
    granted: Mapped[int]
    filled_at: Mapped[datetime] = mapped_column(index=True)


class UsageDay(Base):
    """What was made for a user on one day (UTC). It stays when the lessons are deleted.

    ``video_seconds`` counts what engines drew, once: a scene that is found done costs nothing.
    """

    __tablename__ = "usage_days"

    user_id: Mapped[UUID] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True
    )
    day: Mapped[date] = mapped_column(primary_key=True)
    video_seconds: Mapped[float] = mapped_column(default=0.0, server_default=text("0"))
    lessons: Mapped[int] = mapped_column(default=0, server_default=text("0"))
