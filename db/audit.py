"""Who did what, when and from where. Written in the transaction of the act: both or neither."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Text, cast, delete, literal, or_, select
from sqlalchemy.orm import Session as Transaction

from db.models import AuditEntry, User
from db.paging import Page, page_of

MOST_FORGOTTEN = 10_000
"""At once: a transaction that deletes years would hold up all others."""


def write(
    db: Transaction,
    *,
    actor_id: UUID | None,
    action: str,
    target: str,
    address: str,
    agent: str,
    session_id: UUID | None = None,
    key_id: UUID | None = None,
    details: dict[str, Any] | None = None,
) -> None:
    """Adds one act, ``noun.done`` to ``kind:id``. ``details`` must hold no secret."""
    db.add(
        AuditEntry(
            actor_id=actor_id,
            session_id=session_id,
            key_id=key_id,
            action=action,
            target=target,
            address=address,
            agent=agent,
            details=details or {},
        )
    )
    db.flush()


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """What the list is narrowed to; ``action`` also finds ``action.…``.

    ``actor`` is the id, email address or username of an account; ``target`` too, or ``kind:id``.
    """

    actor_id: UUID | None = None
    actor: str | None = None
    action: str | None = None
    target: str | None = None
    created_after: datetime | None = None
    created_before: datetime | None = None


def page(
    db: Transaction, wanted: AuditFilter, *, cursor: UUID | None = None, limit: int = 50
) -> Page[AuditEntry]:
    """What happened, latest first."""
    rows = _filtered(select(AuditEntry), wanted)
    return page_of(db, rows, AuditEntry.id, cursor=cursor, limit=limit)


def forget(db: Transaction, before: datetime) -> int:
    """Deletes the oldest entries from before then; how many. What others are deleting is theirs."""
    old = select(AuditEntry.id).where(AuditEntry.created_at < before)
    some = old.order_by(AuditEntry.created_at).limit(MOST_FORGOTTEN)
    free = some.with_for_update(skip_locked=True).scalar_subquery()
    forgotten = delete(AuditEntry).where(AuditEntry.id.in_(free))
    return len(db.scalars(forgotten.returning(AuditEntry.id)).all())


def _filtered(rows: Select[AuditEntry], wanted: AuditFilter) -> Select[AuditEntry]:
    if wanted.actor_id is not None:
        rows = rows.where(AuditEntry.actor_id == wanted.actor_id)
    if wanted.action:
        named = AuditEntry.action == wanted.action
        below = AuditEntry.action.startswith(f"{wanted.action}.", autoescape=True)
        rows = rows.where(named | below)
    if wanted.actor:
        rows = rows.where(AuditEntry.actor_id.in_(_accounts(wanted.actor)))
    if wanted.target:
        rows = rows.where(_on(wanted.target))
    if wanted.created_after is not None:
        rows = rows.where(AuditEntry.created_at > wanted.created_after)
    if wanted.created_before is not None:
        rows = rows.where(AuditEntry.created_at < wanted.created_before)
    return rows


def _on(target: str) -> ColumnElement[bool]:
    if ":" in target:
        return AuditEntry.target == target
    user = _accounts(target).subquery()
    return AuditEntry.target.in_(select(literal("user:") + cast(user.c.id, Text)))


def _accounts(called: str) -> Select[UUID]:
    name = called.strip().lower()
    try:
        is_it = User.id == UUID(name)
    except ValueError:
        is_it = or_(User.email == name, User.username == name)
    return select(User.id).where(is_it)
