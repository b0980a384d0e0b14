"""Uploads on the wire."""

from typing import Any
from uuid import UUID

from fastapi import UploadFile
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
)

from db.models import AssetKind, AssetStatus
from pipeline.lesson import Line
from serve.schemas.base import Answer, Body, Page, Time


class AssetUpload(BaseModel):
    """A multipart form."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"kind": "portrait", "name": "Ada, front"}]},
    )

    kind: AssetKind
    file: UploadFile
    name: Line | None = Field(None, description="The name of the file where it is left out.")


class AssetChange(Body):
    model_config = ConfigDict(json_schema_extra={"examples": [{"name": "Ada, front"}]})

    name: Line


class AssetRead(Answer):
    id: UUID
    kind: AssetKind
    status: AssetStatus
    name: str
    content_type: str
    bytes: int
    sha256: str
    details: dict[str, Any] = Field(description="What was found in it: face, loudness, length …")
    error_code: str | None
    error_detail: str | None
    created_at: Time


class Address(Answer):
    """An address that needs no account, and works until ``expires_at``."""

    address: str
    expires_at: Time


class AssetPage(Page[AssetRead]):
    pass
