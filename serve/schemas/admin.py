"""What administrators read and change, on the wire."""

from typing import Any
from uuid import UUID

from pydantic import ConfigDict, Field

from db.models import Role
from serve.schemas.accounts import UserRead
from serve.schemas.assets import ConsentRead
from serve.schemas.base import Answer, Body, Page, Time
from serve.schemas.usage import OwnQuotas


class UserState(UserRead):
    """An account, as administrators see it."""

    disabled_at: Time | None
    quotas: dict[str, float | None] = Field(
        description="Of the user's own; null is no limit, and what is not named is as usual."
    )


class UserPage(Page[UserState]):
    pass


class UserChange(Body):
    """What is left out stays as it is."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"role": "viewer"}, {"quotas": {"jobs": 50}}, {}]}
    )

    role: Role | None = None
    disabled: bool | None = None
    quotas: OwnQuotas | None = None


class PasswordMade(Answer):
    """The only answer that holds the password."""

    password: str


class ConsentWaiting(ConsentRead):
    """A consent to use a voice that holds and is not verified; ``recording`` says whether there is
    something to listen to."""

    asset_id: UUID
    recording: bool


class ConsentPage(Page[ConsentWaiting]):
    pass


class AuditRead(Answer):
    """One act. ``actor_id`` is null where nobody was signed in."""

    id: UUID
    actor_id: UUID | None
    session_id: UUID | None
    key_id: UUID | None
    action: str
    target: str
    address: str
    agent: str
    details: dict[str, Any]
    created_at: Time


class AuditPage(Page[AuditRead]):
    pass
