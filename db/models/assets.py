"""What users uploaded."""

from datetime import UTC, datetime
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
from sqlalchemy.orm import Mapped, mapped_column, relationship
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


class Statement(StrEnum):
    """Why somebody may be shown or heard: it is the owner of the asset; they gave permission; there
    is no such person (a drawing, a synthetic voice)."""

    SELF = "self"
    PERMISSION = "permission"
    INVENTED = "invented"


class ConsentState(StrEnum):
    VALID = "valid"
    EXPIRED = "expired"
    REVOKED = "revoked"
    MISSING = "missing"


class Verification(StrEnum):
    """How far a consent is proved: it was stated; somebody has to listen to what was spoken; it was
    heard from the person themselves, or an administrator has satisfied themselves of it."""

    RECORDED = "recorded"
    PENDING = "pending"
    VERIFIED = "verified"
    REVOKED = "revoked"
    EXPIRED = "expired"


class Asset(Base):
    """What a user uploaded. ``details`` holds what was found in it (face box, loudness …).

    Until an upload is confirmed, ``content_type``, ``bytes`` and ``sha256`` are what was announced;
    afterwards, those of the file that is kept. ``expires_at``: when an upload that nobody confirms
    is forgotten, or a check that nobody ends is taken for dead. ``thumbnail_key``: where a small
    picture of it lies, if it is a picture.
    """

    __tablename__ = "assets"
    __table_args__ = (
        CheckConstraint("(status = 'failed') = (error_code IS NOT NULL)", name="error_if_failed"),
        CheckConstraint("bytes >= 0", name="bytes"),
        CheckConstraint(
            "(status IN ('pending', 'processing')) = (expires_at IS NOT NULL)", name="expires"
        ),
        Index("ix_assets_owner_id", "owner_id", "id"),
        Index(
            "ix_assets_expires_at", "expires_at", postgresql_where=text("expires_at IS NOT NULL")
        ),
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
    thumbnail_key: Mapped[str | None]
    details: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'::jsonb"))
    labels: Mapped[dict[str, Any]] = mapped_column("metadata", server_default=text("'{}'::jsonb"))
    error_code: Mapped[str | None]
    error_detail: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    expires_at: Mapped[datetime | None]

    consents: Mapped[list["Consent"]] = relationship(
        lazy="selectin", viewonly=True, order_by="Consent.recorded_at"
    )


class Consent(Base):
    """Somebody's leave to be shown or heard. It is never changed but by being proved or revoked.

    ``person`` is who is shown or heard, ``scope`` what for. An asset has at most one that is not
    revoked. ``verified_by`` is the administrator who vouches for it; nobody where the studio heard
    it itself. ``pending_reason`` says why it could not; ``recording_key`` is where what was spoken
    lies.
    """

    __tablename__ = "consents"
    __table_args__ = (
        Index(
            "uq_consents_open",
            "asset_id",
            unique=True,
            postgresql_where=text("revoked_at IS NULL"),
        ),
        Index("ix_consents_asset_id", "asset_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    asset_id: Mapped[UUID] = mapped_column(ForeignKey("assets.id", ondelete="CASCADE"))
    statement: Mapped[Statement] = mapped_column(choice(Statement, "consent_statement"))
    person: Mapped[str]
    scope: Mapped[str]
    expires_at: Mapped[datetime | None]
    recorded_at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())
    recorded_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    revoked_at: Mapped[datetime | None]
    revoked_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    verified_at: Mapped[datetime | None]
    verified_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    pending_reason: Mapped[str | None]
    recording_key: Mapped[str | None]

    @property
    def state(self) -> Verification:
        if self.revoked_at is not None:
            return Verification.REVOKED
        if self.expires_at is not None and self.expires_at <= datetime.now(UTC):
            return Verification.EXPIRED
        if self.verified_at is not None:
            return Verification.VERIFIED
        return Verification.PENDING if self.pending_reason else Verification.RECORDED


class ConsentPhrase(Base):
    """Words that somebody has to speak to prove a consent: once, and soon.

    ``words`` are separated by spaces. ``used_at``: when something was spoken for it.
    """

    __tablename__ = "consent_phrases"
    __table_args__ = (Index("ix_consent_phrases_consent_id", "consent_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    consent_id: Mapped[UUID] = mapped_column(ForeignKey("consents.id", ondelete="CASCADE"))
    language: Mapped[str]
    words: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class Derivation(Base):
    """An artefact that was made with an asset: ``prefix`` is what its objects' keys start with."""

    __tablename__ = "derivations"
    __table_args__ = (Index("ix_derivations_prefix", "prefix"),)

    asset_id: Mapped[UUID] = mapped_column(
        ForeignKey("assets.id", ondelete="CASCADE"), primary_key=True
    )
    prefix: Mapped[str] = mapped_column(primary_key=True)
