"""What administrators do: users, the audit, and how much there is to do."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from db import audit, users
from db.audit import AuditFilter
from db.models import Role, User
from db.users import UserFilter
from serve import user_changes
from serve.accounts import FreshPassword, new_password
from serve.capacity import capacity_read
from serve.deps import Admin, Audit, Bounds, Paging, StudioParts, Transaction
from serve.errors import UserNotFound
from serve.idempotency import CREATES
from serve.limits import StrictRoute
from serve.schemas import (
    AuditPage,
    CapacityRead,
    Moment,
    PasswordMade,
    Search,
    UsageRead,
    UserChange,
    UserPage,
    UserState,
)
from serve.usage import usage_read

router = APIRouter(prefix="/api/admin", tags=["admin"], route_class=StrictRoute)


def some_user(user_id: UUID, admin: Admin, db: Transaction) -> User:  # noqa: ARG001
    user = users.find(db, user_id)
    if user is None:
        raise UserNotFound
    return user


SomeUser = Annotated[User, Depends(some_user)]


@router.get("/users")
def list_users(
    admin: Admin,  # noqa: ARG001
    db: Transaction,
    paging: Paging,
    q: Annotated[Search | None, Query(description="Part of the email or username.")] = None,
    role: Role | None = None,
    disabled: bool | None = None,
    created_after: Moment | None = None,
    created_before: Moment | None = None,
) -> UserPage:
    """All accounts, newest first."""
    wanted = UserFilter(q, role, disabled, created_after, created_before)
    page = users.page(db, wanted, cursor=paging.cursor, limit=paging.limit)
    return UserPage.model_validate(page)


@router.get("/users/{user_id}", response_model=UserState)
def read_user(user: SomeUser) -> User:
    """One account."""
    return user


@router.patch("/users/{user_id}", response_model=UserState)
def update_user(user: SomeUser, change: UserChange, db: Transaction, record: Audit) -> User:
    """Changes role or quotas; disables an account, which takes effect at once, or enables it."""
    user_changes.apply(db, user, change)
    told = change.model_dump(mode="json", exclude_unset=True)
    record("user.changed", f"user:{user.id}", **told)
    return user


async def fresh_password(
    admin: Admin,  # noqa: ARG001
    studio: StudioParts,
    bounds: Bounds,
) -> FreshPassword:
    """Outside of the transaction: hashing takes its time."""
    return await new_password(studio, bounds)


@router.post("/users/{user_id}/password", dependencies=[CREATES])
def reset_password(
    made: Annotated[FreshPassword, Depends(fresh_password)],
    user: SomeUser,
    db: Transaction,
    record: Audit,
) -> PasswordMade:
    """Gives somebody who forgot theirs a new password, shown this once; ends their sessions."""
    users.change_password(db, user.id, made.hashed)
    ended = users.end_sessions(db, user.id)
    record("user.password_reset", f"user:{user.id}", sessions_ended=ended)
    return PasswordMade(password=made.password)


@router.get("/users/{user_id}/usage")
def read_user_usage(user: SomeUser, db: Transaction, studio: StudioParts) -> UsageRead:
    """What one account has made, and what is left of its quotas."""
    return usage_read(db, user, studio.quotas)


@router.get("/capacity")
def read_capacity(
    admin: Admin,  # noqa: ARG001
    db: Transaction,
    studio: StudioParts,
) -> CapacityRead:
    """How deep the queue is, who works at it and how fast, and when it will be empty."""
    return capacity_read(db, studio.replicas, studio.dashboard)


@router.get("/audit")
def list_audit(
    admin: Admin,  # noqa: ARG001
    db: Transaction,
    paging: Paging,
    actor_id: UUID | None = None,
    action: Annotated[
        Search | None, Query(description="`key.revoked`, or `key` for all about keys.")
    ] = None,
    target: Annotated[Search | None, Query(description="Such as `user:<id>`.")] = None,
    created_after: Moment | None = None,
    created_before: Moment | None = None,
) -> AuditPage:
    """Who did what, when and from where, latest first."""
    wanted = AuditFilter(actor_id, action, target, created_after, created_before)
    page = audit.page(db, wanted, cursor=paging.cursor, limit=paging.limit)
    return AuditPage.model_validate(page)
