"""Embedded players on the wire."""

from datetime import date
from typing import Annotated

from pydantic import ConfigDict, Field, StringConstraints

from serve.schemas.base import Answer, Body, Time

LABEL = "[a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?"
"""Between the points of a host's name (RFC 1123, 2.1)."""

WebOrigin = Annotated[
    str,
    StringConstraints(
        max_length=200,
        pattern=rf"^https?://(\*\.)?{LABEL}(\.{LABEL})*(:[1-9]\d{{0,4}})?$",
    ),
]


class EmbedAsk(Body):
    model_config = ConfigDict(
        json_schema_extra={"examples": [{"origins": ["https://lms.example.org"]}]}
    )

    origins: Annotated[list[WebOrigin], Field(max_length=20)] = Field(
        default_factory=list,
        description="The sites whose pages may show it; all, where none is named.",
    )


class DayViews(Answer):
    """How often a lesson was opened on a day (UTC)."""

    day: date
    views: int


class EmbedRead(Answer):
    """Whoever knows the address may watch the lesson, until it is revoked."""

    address: str
    iframe: str = Field(description="To be pasted into a page.")
    origins: list[str]
    created_at: Time
    views: int = Field(description="How often its page was opened, under earlier addresses too.")
    views_by_day: list[DayViews] = Field(
        description="The last 30 days on which it was opened, oldest first."
    )


class Oembed(Answer):
    """What a page that shows the lesson by its address is told (oembed.com, 2.3)."""

    version: str = "1.0"
    type: str = "video"
    title: str
    html: str
    width: int
    height: int
    thumbnail_url: str
    thumbnail_width: int
    thumbnail_height: int
    provider_name: str = "Lectern"
    provider_url: str
    cache_age: int = Field(description="Seconds.")
