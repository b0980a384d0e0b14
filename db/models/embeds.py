"""Lessons on other people's pages, and how often they were opened there."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ARRAY, ForeignKey, Text, func
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import Base


class Embed(Base):
    """Who knows ``token`` may watch the lesson, on pages of ``origins``; on any, if it is empty.

    Kept as it is, so that its owner can look it up again.
    """

    __tablename__ = "embeds"

    job_id: Mapped[UUID] = mapped_column(
        ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True
    )
    token: Mapped[str] = mapped_column(unique=True)
    origins: Mapped[list[str]] = mapped_column(ARRAY(Text))
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class EmbedViews(Base):
    """How often an embedded lesson was opened on a day (UTC): a number, and nothing of anybody.

    It stays when the address is revoked, and goes with the lesson.
    """

    __tablename__ = "embed_views"

    job_id: Mapped[UUID] = mapped_column(
        ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True
    )
    day: Mapped[date] = mapped_column(primary_key=True)
    views: Mapped[int]
