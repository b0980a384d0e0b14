"""API keys: what programs sign their requests with."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select, update
from sqlalchemy.orm import Session as Transaction

from db.models import ApiKey, Role, User
from db.paging import Page, page_of

USE_NOTED_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class KeyHolder:
    """A key and whose it is."""

    user: User
    key: ApiKey


def add(
    db: Transaction,
    user_id: UUID,
    *,
    name: str,
    hint: str,
    key_hash: str,
    scopes: Sequence[str],
    expires_at: datetime | None,
) -> ApiKey:
    key = ApiKey(
        user_id=user_id,
        name=name,
        hint=hint,
        key_hash=key_hash,
        scopes=list(scopes),
        expires_at=expires_at,
    )
    db.add(key)
    db.flush()
    return key


def find_holder(db: Transaction, key_hash: str) -> KeyHolder | None:
    """None when the key is unknown, revoked or run out, or its user disabled. Notes the use."""
    found = db.execute(
        select(User, ApiKey)
        .join(ApiKey, ApiKey.user_id == User.id)
        .where(ApiKey.key_hash == key_hash, _usable(), User.disabled_at.is_(None))
    ).one_or_none()
    if found is None:
        return None
    _note_use(db, found[1])
    return KeyHolder(found[0], found[1])


def standing(db: Transaction, key_ids: Collection[UUID]) -> dict[UUID, Role | None]:
    """The roles of those of these keys that work; None of a disabled account."""
    rows = select(ApiKey.id, User.role, User.disabled_at.is_(None))
    of_users = rows.join(User, ApiKey.user_id == User.id)
    found = db.execute(of_users.where(ApiKey.id.in_(key_ids), _usable()))
    return {key: role if enabled else None for key, role, enabled in found}


def usable_count(db: Transaction, user_id: UUID) -> int:
    """How many keys the user has that work; the user is locked until the transaction ends."""
    db.execute(select(User.id).where(User.id == user_id).with_for_update())
    count = select(func.count()).select_from(ApiKey).where(ApiKey.user_id == user_id, _usable())
    return db.scalar(count) or 0


def page(
    db: Transaction,
    user_id: UUID,
    *,
    usable: bool | None = None,
    cursor: UUID | None = None,
    limit: int = 50,
) -> Page[ApiKey]:
    """The user's keys, revoked ones too unless narrowed to those that are ``usable`` or not."""
    rows = select(ApiKey).where(ApiKey.user_id == user_id)
    if usable is not None:
        rows = rows.where(_usable() if usable else ~_usable())
    return page_of(db, rows, ApiKey.id, cursor=cursor, limit=limit)


def revoke(db: Transaction, user_id: UUID, key_id: UUID) -> bool:
    """False when the user has no such key. A second time changes nothing."""
    return (
        db.scalar(
            update(ApiKey)
            .where(ApiKey.id == key_id, ApiKey.user_id == user_id)
            .values(revoked_at=func.coalesce(ApiKey.revoked_at, func.now()))
            .returning(ApiKey.id)
        )
        is not None
    )


def _note_use(db: Transaction, key: ApiKey) -> None:
    """At most once a minute: a busy key would otherwise cost a write a request."""
    if key.last_used_at and datetime.now(UTC) - key.last_used_at < USE_NOTED_EVERY:
        return
    stale = func.now() - USE_NOTED_EVERY
    db.execute(
        update(ApiKey)
        .where(ApiKey.id == key.id)
        .where(or_(ApiKey.last_used_at.is_(None), ApiKey.last_used_at < stale))
        .values(last_used_at=func.now())
    )


def _usable() -> ColumnElement[bool]:
    alive = or_(ApiKey.expires_at.is_(None), ApiKey.expires_at > func.now())
    return and_(ApiKey.revoked_at.is_(None), alive)
