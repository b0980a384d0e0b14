"""What users uploaded."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    func,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column
from uuid_utils.compat import uuid7

from db.models.base import Base, choice


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
    kind: Mapped[AssetKind] = mapped_column(choice(AssetKind, "asset_kind"))
    status: Mapped[AssetStatus] = mapped_column(choice(AssetStatus, "asset_status"))
    name: Mapped[str]
    content_type: Mapped[str]
    bytes: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str]
    storage_key: Mapped[str]
    details: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'::jsonb"))
    error_code: Mapped[str | None]
    error_detail: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
