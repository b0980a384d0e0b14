"""What a request may do: scopes bound an API key, roles bound its user.

A route names what it needs, as scopes of its security requirement; so it stands in the OpenAPI
description, and one function checks all of it. ``role:…`` is the least role, ``session`` means that
no API key will do.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from db.models import ApiKey, Role, Session, User
from serve.errors import NotAllowed, ScopeMissing, SessionNeeded

SESSION = "session"
AS_CREATOR = "role:creator"
AS_ADMIN = "role:admin"
_RANK = (Role.VIEWER, Role.CREATOR, Role.ADMIN)


class Scope(StrEnum):
    """What an API key may be good for. ``…:write`` includes ``…:read``."""

    LESSONS_READ = "lessons:read"
    LESSONS_WRITE = "lessons:write"
    ASSETS_READ = "assets:read"
    ASSETS_WRITE = "assets:write"
    WEBHOOKS_READ = "webhooks:read"
    WEBHOOKS_WRITE = "webhooks:write"
    ACCOUNT_READ = "account:read"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Caller:
    """Whose request it is, and through what: a session or an API key."""

    user: User
    session: Session | None = None
    key: ApiKey | None = None


def check(who: Caller, needed: Sequence[str]) -> None:
    """Raises NotAllowed, ScopeMissing or SessionNeeded.

    A key does nothing where no scope is named: who forgets one opens no door.
    """
    if who.key is not None:
        _check_scopes(who.key.scopes, [each for each in needed if not each.startswith("role:")])
    for role in (Role(each.removeprefix("role:")) for each in needed if each.startswith("role:")):
        if _RANK.index(who.user.role) < _RANK.index(role):
            raise NotAllowed(who.user.role.value)


def _check_scopes(given: Sequence[str], needed: Sequence[str]) -> None:
    if SESSION in needed or not needed:
        raise SessionNeeded
    held = {*given, *(scope.replace(":write", ":read") for scope in given)}
    for scope in needed:
        if scope not in held:
            raise ScopeMissing(scope)
