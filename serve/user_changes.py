"""What administrators change in accounts."""

from datetime import UTC, datetime

from sqlalchemy.orm import Session as Transaction

from db import quotas, users
from db.models import Role, User
from serve.errors import LastAdmin
from serve.schemas import UserChange


def apply(db: Transaction, user: User, change: UserChange) -> None:
    """Raises LastAdmin: who could undo it, if nobody were left?"""
    admins = users.lock_admins(db)
    demoted = change.role is not None and change.role is not Role.ADMIN
    if (demoted or change.disabled) and [admin.id for admin in admins] == [user.id]:
        raise LastAdmin
    if change.role is not None:
        user.role = change.role
    if change.disabled is not None:
        user.disabled_at = (user.disabled_at or datetime.now(UTC)) if change.disabled else None
    if change.quotas is not None:
        quotas.give(db, user, change.quotas.model_dump(exclude_unset=True))
    db.flush()
