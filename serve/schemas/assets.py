"""Uploads on the wire."""

import json
from datetime import UTC, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import UploadFile
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)

from db.models import AssetKind, AssetStatus, ConsentState, Statement, Verification
from pipeline.spec import Language, Line
from serve.bodies import NESTING, read_json
from serve.errors import BodyMalformed, BodyTooNested
from serve.schemas.base import Answer, Body, Moment, Time

METADATA_BYTES = 4096
LARGEST_INTEGER = 2**63 - 1


def fit_to_keep(metadata: dict[str, Any]) -> dict[str, Any]:
    """Small, and nothing that a database cannot hold."""
    try:
        text = json.dumps(metadata, ensure_ascii=False, allow_nan=False).encode()
    except ValueError as error:
        raise ValueError("must hold finite numbers and whole characters") from error
    if len(text) > METADATA_BYTES:
        raise ValueError(f"must not be larger than {METADATA_BYTES} bytes")
    if b"\\u0000" in text:
        raise ValueError("must not hold the character NUL")
    return metadata


def as_json(value: object) -> object:
    """A form has only texts."""
    if not isinstance(value, str):
        return value
    try:
        return read_json(value)
    except (BodyMalformed, BodyTooNested) as error:
        raise ValueError(f"must be a JSON object, nested {NESTING} levels at most") from error


def in_future(time: datetime) -> datetime:
    if time <= datetime.now(UTC):
        raise ValueError("must be in the future")
    return time


Metadata = Annotated[dict[str, Any], AfterValidator(fit_to_keep)]
Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Size = Annotated[int, Field(ge=1, le=LARGEST_INTEGER)]


class AssetUpload(BaseModel):
    """A multipart form."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"kind": "portrait", "name": "Ada, front"}]},
    )

    kind: AssetKind
    file: UploadFile
    name: Line | None = Field(None, description="The name of the file where it is left out.")
    metadata: Annotated[Metadata, BeforeValidator(as_json)] = Field(
        default_factory=dict, description="A JSON object of up to 4 KiB, as text."
    )


class UploadAsk(Body):
    """A file that is going to be sent to the storage itself."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "kind": "voice",
                    "filename": "ada.wav",
                    "content_type": "audio/wav",
                    "size": 31457324,
                    "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
                }
            ]
        }
    )

    kind: AssetKind
    filename: Line
    content_type: Line
    size: Size = Field(description="In bytes.")
    sha256: Sha256
    name: Line | None = Field(None, description="The name of the file where it is left out.")
    metadata: Metadata = Field(default_factory=dict)


class AssetChange(Body):
    """What is left out stays as it is; ``metadata`` is replaced as a whole."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"name": "Ada, front", "metadata": {"course": "rain"}}]}
    )

    name: Line | None = None
    metadata: Metadata | None = None

    @model_validator(mode="after")
    def changes_something(self) -> "AssetChange":
        if self.name is None and self.metadata is None:
            raise ValueError("must change the name or the metadata")
        return self


PendingReason = Literal["language_not_recognised", "voice_not_compared", "voice_uncertain"]


class PhraseAsk(Body):
    model_config = ConfigDict(json_schema_extra={"examples": [{"language": "en-us"}]})

    language: Language = "en-us"


class PhraseRead(Answer):
    """What is to be read aloud. ``heard_here``: the studio understands it; if not, an administrator
    has to listen."""

    id: UUID
    language: str
    text: str
    heard_here: bool
    expires_at: Time


class SpokenConsent(BaseModel):
    """A multipart form: a phrase, and the recording of somebody who speaks it."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"phrase_id": "01980000-0000-7000-8000-000000000009"}]},
    )

    phrase_id: UUID
    file: UploadFile


class ConsentEnded(Answer):
    """What came of a revocation. Finished lessons are what is there still of what was made."""

    jobs_stopped: list[UUID] = Field(description="Waiting and running ones, failed by it.")
    lessons: list[UUID] = Field(description="Finished ones that show or hold it still.")


class MadeDeleted(Answer):
    """What was deleted of all that was made with an asset, which itself stays."""

    artefacts: int = Field(description="Spoken and filmed scenes that were made with it.")
    objects: int = Field(description="Files deleted from the storage.")
    lessons_deleted: list[UUID]


class ConsentAsk(Body):
    """``person`` is who is shown or heard. ``invented``: there is no such person (a drawing, a
    synthetic voice)."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"statement": "permission", "person": "Ada Lovelace", "scope": "Rain 101"}]
        }
    )

    statement: Statement
    person: Line
    scope: Line = "Lessons made in this studio"
    expires_at: Annotated[Moment, AfterValidator(in_future)] | None = None


class ConsentRead(Answer):
    """``revoked_at`` is also when a newer consent took its place. ``verified_by`` is null where the
    studio itself heard it spoken."""

    id: UUID
    statement: Statement
    person: str
    scope: str
    expires_at: Time | None
    recorded_at: Time
    recorded_by: UUID | None
    revoked_at: Time | None
    revoked_by: UUID | None
    state: Verification
    verified_at: Time | None
    verified_by: UUID | None
    pending_reason: PendingReason | None = Field(
        description="Why what was spoken waits for an administrator to listen to it."
    )


class AssetRead(Answer):
    """``consent`` is the last one recorded; it and its state are null for what shows nobody."""

    id: UUID
    kind: AssetKind
    status: AssetStatus
    name: str
    content_type: str
    bytes: int
    sha256: str
    thumbnail_url: str | None = Field(
        description="A small picture of it (WebP, 512 pixels at most), for ten minutes; null for"
        " what is no picture."
    )
    metadata: dict[str, Any]
    details: dict[str, Any] = Field(description="What was found in it: face, loudness, length …")
    consent_state: ConsentState | None
    consent: ConsentRead | None
    error_code: str | None
    error_detail: str | None
    created_at: Time
    expires_at: Time | None = Field(description="Until when an upload has to be confirmed.")


class Address(Answer):
    """An address that needs no account, and works until ``expires_at``."""

    address: str
    expires_at: Time


class UploadAddress(Address):
    """Where the file goes. It must come with exactly these headers; the store refuses another size,
    type or content."""

    method: Literal["PUT"] = "PUT"
    headers: dict[str, str]


class UploadOffer(Answer):
    asset: AssetRead
    upload: UploadAddress


class AssetDeleted(Answer):
    """What went with an asset."""

    id: UUID
    artefacts: int = Field(description="Spoken and filmed scenes that were made with it.")
    objects: int = Field(description="Files deleted from the storage, the asset's own among them.")
    jobs_cancelled: list[UUID]
    lessons_deleted: list[UUID]
    lessons_kept: list[UUID] = Field(description="Finished lessons that show or hold it still.")


class AssetPage(Answer):
    """``next_cursor`` is null on the last page."""

    items: list[AssetRead]
    next_cursor: str | None
    total: int
