"""What administrators do: users and the audit."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import AwareDatetime

from db import audit, users
from db.audit import AuditFilter
from db.models import Role, User
from db.users import UserFilter
from serve import user_changes
from serve.deps import Admin, Audit, Paging, Transaction
from serve.errors import UserNotFound
from serve.limits import StrictRoute
from serve.schemas import AuditPage, Search, UserChange, UserPage, UserState

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
    created_after: AwareDatetime | None = None,
    created_before: AwareDatetime | None = None,
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
    """Changes a role; disables an account, which takes effect at once, or enables it."""
    user_changes.apply(db, user, change)
    told = change.model_dump(mode="json", exclude_none=True)
    record("user.changed", f"user:{user.id}", **told)
    return user


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
    created_after: AwareDatetime | None = None,
    created_before: AwareDatetime | None = None,
) -> AuditPage:
    """Who did what, when and from where, latest first."""
    wanted = AuditFilter(actor_id, action, target, created_after, created_before)
    page = audit.page(db, wanted, cursor=paging.cursor, limit=paging.limit)
    return AuditPage.model_validate(page)
