"""Drafts on the wire."""

import json
from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, ConfigDict

from pipeline.spec import Line
from serve.schemas.base import Answer, Body, Page, Time

MOST_BYTES = 256 * 1024


def storable(content: dict[str, Any]) -> dict[str, Any]:
    """Neither too much nor what the database cannot hold."""
    written = json.dumps(content, ensure_ascii=False)
    if len(written.encode(errors="surrogatepass")) > MOST_BYTES:
        raise ValueError(f"must not be larger than {MOST_BYTES} bytes")
    if "\\u0000" in written or any("\ud800" <= letter <= "\udfff" for letter in written):
        raise ValueError("must not hold the character NUL or half a character")
    return content


class DraftAsk(Body):
    """``content`` is whatever whoever keeps it makes of it: it is stored, and never looked into."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"title": "Rain", "content": {"step": "script", "notes": "Warm air rises."}}
            ]
        }
    )

    title: Line
    content: Annotated[dict[str, Any], AfterValidator(storable)]


class DraftSummary(Answer):
    id: UUID
    title: str
    version: int
    created_at: Time
    updated_at: Time


class DraftRead(DraftSummary):
    content: dict[str, Any]


class DraftPage(Page[DraftSummary]):
    pass
