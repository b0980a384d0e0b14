"""Embedded players on the wire."""

from typing import Annotated

from pydantic import ConfigDict, Field, StringConstraints

from serve.schemas.base import Answer, Body, Time

WebOrigin = Annotated[
    str,
    StringConstraints(
        max_length=200,
        pattern=r"^https?://(\*\.)?[a-zA-Z0-9]([a-zA-Z0-9.-]*[a-zA-Z0-9])?(:\d{1,5})?$",
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


class EmbedRead(Answer):
    """Whoever knows the address may watch the lesson, until it is revoked."""

    address: str
    iframe: str = Field(description="To be pasted into a page.")
    origins: list[str]
    created_at: Time
