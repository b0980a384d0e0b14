"""What files say of their origin, on the wire."""

from typing import Any, Literal
from uuid import UUID

from fastapi import UploadFile
from pydantic import BaseModel, ConfigDict, Field

from serve.schemas.base import Answer


class FileToCheck(BaseModel):
    """A multipart form. Nothing of the file is kept."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"file": "the bytes of lesson.mp4"}]}
    )

    file: UploadFile


class CredentialsRead(Answer):
    """Content credentials (C2PA). `trusted`: they hold, and this studio signed them, or somebody
    it trusts. `untrusted`: they hold, and somebody else signed them. `invalid`: file or credentials
    were changed; what they say may be anything. `none`: the file carries none."""

    state: Literal["trusted", "untrusted", "invalid", "none"]
    problems: list[str] = Field(description="Failure codes of the C2PA specification.")
    signed_by: str | None
    generator: str | None
    source_type: str | None = Field(description="From IPTC's vocabulary of digital source types.")
    ingredients: list[str]
    making: dict[str, Any] = Field(description="What Lectern adds: lesson, engines, consents.")


class WatermarkRead(Answer):
    """A watermark in the sound. `studio` and `speech` are null where it is there and cannot be
    read. `score`: by how many standard deviations it stands out from chance. `tempo`, `pitch`: how
    many times as fast and as high it is heard as it was spoken. `lessons`: which of one's own
    lessons it leads to."""

    studio: str | None
    speech: str | None
    start_seconds: float
    end_seconds: float
    score: float
    tempo: float
    pitch: float
    ours: bool
    lessons: list[UUID]


class ProvenanceRead(Answer):
    """What a file says of its origin. That it says nothing does not mean that a person made it."""

    synthetic: bool = Field(description="Valid credentials or a watermark say so.")
    credentials: CredentialsRead
    watermarks: list[WatermarkRead]
    listened_seconds: float
    metadata: dict[str, str] = Field(description="As the file holds it: anyone can change it.")
