"""What administrators do: users, the audit, and how much there is to do."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from db import audit, consents, users
from db.audit import AuditFilter
from db.models import Consent, Role, User
from db.users import UserFilter
from serve import spoken_consents, user_changes
from serve.accounts import FreshPassword, new_password
from serve.capacity import capacity_read
from serve.deps import Admin, Audit, Bounds, Paging, StudioParts, Transaction
from serve.errors import ConsentNotFound, UserNotFound
from serve.idempotency import CREATES
from serve.limits import StrictRoute
from serve.schemas import (
    Address,
    AuditPage,
    CapacityRead,
    ConsentPage,
    ConsentRead,
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


def some_consent(consent_id: UUID, admin: Admin, db: Transaction) -> Consent:  # noqa: ARG001
    consent = consents.find(db, consent_id)
    if consent is None:
        raise ConsentNotFound
    return consent


SomeConsent = Annotated[Consent, Depends(some_consent)]


@router.get("/consents")
def list_unproved_consents(
    admin: Admin,  # noqa: ARG001
    db: Transaction,
    paging: Paging,
) -> ConsentPage:
    """Consents to use voices that hold and are not verified, latest first."""
    page = consents.to_be_proved(db, cursor=paging.cursor, limit=paging.limit)
    items = [spoken_consents.waiting(each) for each in page.items]
    return ConsentPage(items=items, next_cursor=page.next_cursor, total=page.total)


@router.get("/consents/{consent_id}/recording")
def read_consent_recording(consent: SomeConsent, studio: StudioParts, record: Audit) -> Address:
    """Where to hear, for 15 minutes, what was spoken for a consent."""
    address = spoken_consents.recording(studio.storage, consent)
    record("consent.listened", f"consent:{consent.id}", asset=str(consent.asset_id))
    return address


@router.post("/consents/{consent_id}/verify")
def vouch_for_consent(
    consent: SomeConsent, admin: Admin, db: Transaction, record: Audit
) -> ConsentRead:
    """Takes a consent for proved: after listening to what was spoken, or on other evidence."""
    proved = spoken_consents.vouch(db, consent, admin.id)
    record("consent.vouched", f"consent:{consent.id}", asset=str(consent.asset_id))
    return ConsentRead.model_validate(proved)


@router.get("/audit")
def list_audit(
    admin: Admin,  # noqa: ARG001
    db: Transaction,
    paging: Paging,
    actor_id: UUID | None = None,
    actor: Annotated[
        Search | None, Query(description="Username, email address or id of who did it.")
    ] = None,
    action: Annotated[
        Search | None, Query(description="`key.revoked`, or `key` for all about keys.")
    ] = None,
    target: Annotated[
        Search | None,
        Query(description="Such as `job:<id>`; for accounts also username, email address or id."),
    ] = None,
    created_after: Moment | None = None,
    created_before: Moment | None = None,
) -> AuditPage:
    """Who did what, when and from where, latest first."""
    wanted = AuditFilter(actor_id, actor, action, target, created_after, created_before)
    page = audit.page(db, wanted, cursor=paging.cursor, limit=paging.limit)
    return AuditPage.model_validate(page)
