"""Who did what, when and from where."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, func
from sqlalchemy.orm import Mapped, mapped_column
from uuid_utils.compat import uuid7

from db.models.base import Base


class AuditEntry(Base):
    """One act. It refers to nothing, so that it outlives what it tells of.

    ``target`` is what was acted on, as ``kind:id``; ``actor_id`` is null for who was not signed in.
    """

    __tablename__ = "audit"
    __table_args__ = (
        Index("ix_audit_actor_id_id", "actor_id", "id"),
        Index("ix_audit_action_id", "action", "id"),
        Index("ix_audit_target_id", "target", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    actor_id: Mapped[UUID | None]
    session_id: Mapped[UUID | None]
    key_id: Mapped[UUID | None]
    action: Mapped[str]
    target: Mapped[str]
    address: Mapped[str]
    agent: Mapped[str]
    details: Mapped[dict[str, Any]]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now(), index=True)
