"""API keys on the wire."""

from typing import Annotated
from uuid import UUID

from pydantic import ConfigDict, Field

from pipeline.spec import Line
from serve.access import Scope
from serve.schemas.base import Answer, Body, Moment, Page, Time


class KeyAsk(Body):
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"name": "course builder", "scopes": ["assets:write", "lessons:write"]}]
        }
    )

    name: Line
    scopes: Annotated[list[Scope], Field(min_length=1, max_length=len(Scope))] = Field(
        description="What the key is good for; `…:write` includes `…:read`."
    )
    expires_at: Moment | None = Field(None, description="Never, where it is left out.")


class KeyRead(Answer):
    """``hint`` is how the key begins; ``last_used_at`` is right to the minute."""

    id: UUID
    name: str
    hint: str
    scopes: list[Scope]
    created_at: Time
    expires_at: Time | None
    last_used_at: Time | None
    revoked_at: Time | None


class KeyMade(KeyRead):
    """The only answer that holds the key itself."""

    key: str


class KeyPage(Page[KeyRead]):
    pass
