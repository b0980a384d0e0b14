"""Making API keys."""

from datetime import UTC, datetime

from sqlalchemy.orm import Session as Transaction

from db import keys
from db.models import ApiKey, Role, User
from serve.access import Scope
from serve.errors import FieldError, NotAllowed, RequestInvalid, TooManyKeys
from serve.schemas import KeyAsk, KeyMade, KeyRead
from serve.security import new_api_key, token_hash

MOST_KEYS = 50
HINT_LETTERS = 8


def make_key(db: Transaction, user: User, form: KeyAsk) -> KeyMade:
    """Raises NotAllowed, RequestInvalid and TooManyKeys."""
    if Scope.ADMIN in form.scopes and user.role is not Role.ADMIN:
        raise NotAllowed(user.role.value)
    if form.expires_at is not None and form.expires_at <= datetime.now(UTC):
        raise RequestInvalid(FieldError("expires_at", "past", "This time has gone by."))
    if keys.usable_count(db, user.id) >= MOST_KEYS:
        raise TooManyKeys(MOST_KEYS)
    secret = new_api_key()
    return KeyMade(**KeyRead.model_validate(_add(db, user, form, secret)).model_dump(), key=secret)


def _add(db: Transaction, user: User, form: KeyAsk, secret: str) -> ApiKey:
    return keys.add(
        db,
        user.id,
        name=form.name,
        hint=secret[:HINT_LETTERS],
        key_hash=token_hash(secret),
        scopes=sorted({scope.value for scope in form.scopes}),
        expires_at=form.expires_at,
    )
