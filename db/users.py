"""Accounts, and the sign-ins that keep them signed in."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, delete, exists, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session as Transaction
from sqlalchemy.sql.dml import ReturningUpdate
from uuid_utils.compat import uuid7

from db.models import Role, Session, SpentRefresh, User
from db.paging import Page, page_of


@dataclass(frozen=True, slots=True)
class SignIn:
    """A user and the session they come through."""

    user: User
    session: Session


def add(
    db: Transaction, *, email: str, username: str, password_hash: str, role: Role = Role.CREATOR
) -> User | None:
    """None when the email address or the username is taken."""
    row = insert(User).values(
        id=uuid7(),
        email=email.lower(),
        username=username.lower(),
        password_hash=password_hash,
        role=role,
    )
    return db.scalar(row.on_conflict_do_nothing().returning(User))


def by_login(db: Transaction, login: str) -> User | None:
    """The account with this email address or username, unless it is disabled."""
    name = login.strip().lower()
    return db.scalar(select(User).where(or_(User.email == name, User.username == name), _enabled()))


def find(db: Transaction, user_id: UUID) -> User | None:
    """The account, disabled or not."""
    return db.get(User, user_id)


def change_name(db: Transaction, user_id: UUID, *, email: str, username: str) -> User | None:
    """None when another account has this email address or username."""
    change = (
        update(User)
        .where(User.id == user_id)
        .values(email=email.lower(), username=username.lower())
        .returning(User)
        .execution_options(populate_existing=True)
    )
    try:
        with db.begin_nested():
            return db.scalars(change).one()
    except IntegrityError:
        return None


def change_password(db: Transaction, user_id: UUID, password_hash: str) -> None:
    db.execute(update(User).where(User.id == user_id).values(password_hash=password_hash))


def open_session(
    db: Transaction,
    user: User,
    *,
    refresh_hash: str,
    expires_at: datetime,
    remember: bool,
    user_agent: str,
    address: str = "",
) -> Session:
    session = Session(
        user_id=user.id,
        refresh_hash=refresh_hash,
        expires_at=expires_at,
        remember=remember,
        user_agent=user_agent,
        address=address,
    )
    db.add(session)
    db.flush()
    return session


def find_sign_in(db: Transaction, user_id: UUID, session_id: UUID) -> SignIn | None:
    """None when the session has ended or run out, or the account is disabled."""
    found = db.execute(
        select(User, Session)
        .join(Session, Session.user_id == User.id)
        .where(User.id == user_id, Session.id == session_id, _open(), _enabled())
    ).one_or_none()
    return SignIn(found[0], found[1]) if found else None


def standing(db: Transaction, session_ids: Collection[UUID]) -> dict[UUID, Role | None]:
    """The roles of those of these sessions that have not ended; None of a disabled account."""
    rows = select(Session.id, User.role, _enabled()).join(User, Session.user_id == User.id)
    found = db.execute(rows.where(Session.id.in_(session_ids), _open()))
    return {session: role if enabled else None for session, role, enabled in found}


def lock_by_refresh(db: Transaction, refresh_hash: str) -> SignIn | None:
    """The sign-in whose newest refresh token this is, locked until the transaction ends.

    Of two that come with the same token at once, the second waits here, and then finds nothing.
    """
    found = db.execute(
        select(User, Session)
        .join(User, Session.user_id == User.id)
        .where(Session.refresh_hash == refresh_hash, _open(), _enabled())
        .with_for_update(of=Session)
    ).one_or_none()
    return SignIn(found[0], found[1]) if found else None


def rotate(
    db: Transaction, session: Session, *, new_refresh_hash: str, expires_at: datetime
) -> None:
    """Spends the session's refresh token and gives it a new one."""
    db.add(SpentRefresh(refresh_hash=session.refresh_hash, session_id=session.id))
    session.refresh_hash = new_refresh_hash
    session.used_at = func.now()
    session.expires_at = expires_at
    db.flush()


def end_session_of_spent(db: Transaction, refresh_hash: str) -> Session | None:
    """Ends the session that once had this refresh token: a second use means that it was stolen."""
    spent = select(SpentRefresh.session_id).where(SpentRefresh.refresh_hash == refresh_hash)
    return _end(db, Session.id == spent.scalar_subquery())


def end_session(db: Transaction, user_id: UUID, session_id: UUID) -> bool:
    """Ends a sign-in; its access tokens are refused from now on. False: the user has none such."""
    return _end(db, and_(Session.id == session_id, Session.user_id == user_id)) is not None


def end_sessions(db: Transaction, user_id: UUID, *, but: UUID | None = None) -> int:
    """Ends all sign-ins of a user, ``but`` one; how many there were."""
    theirs = Session.user_id == user_id
    ended = _ending(theirs if but is None else and_(theirs, Session.id != but))
    return len(db.scalars(ended).all())


def forget_sessions(db: Transaction, user_id: UUID, *, before: datetime) -> None:
    """Deletes the user's sessions, and their spent tokens, that ran out before then."""
    db.execute(delete(Session).where(Session.user_id == user_id, Session.expires_at < before))


def sessions_page(
    db: Transaction, user_id: UUID, *, cursor: UUID | None = None, limit: int = 50
) -> Page[Session]:
    """Where the user is signed in."""
    rows = select(Session).where(Session.user_id == user_id, _open())
    return page_of(db, rows, Session.id, cursor=cursor, limit=limit)


def session_of_refresh(db: Transaction, user_id: UUID, refresh_hash: str) -> UUID | None:
    """The user's session, ended or not, that has or had this refresh token."""
    spent = select(SpentRefresh.session_id).where(SpentRefresh.refresh_hash == refresh_hash)
    either = or_(Session.refresh_hash == refresh_hash, Session.id == spent.scalar_subquery())
    return db.scalar(select(Session.id).where(Session.user_id == user_id, either))


def has_come_from(db: Transaction, user_id: UUID, address: str, *, since: datetime) -> bool:
    """Whether the user has signed in from this address before."""
    recent = and_(Session.address == address, Session.created_at > since)
    return bool(db.scalar(select(exists().where(Session.user_id == user_id, recent))))


@dataclass(frozen=True, slots=True)
class UserFilter:
    """What the list is narrowed to; ``q`` is looked for in email addresses and usernames."""

    q: str | None = None
    role: Role | None = None
    disabled: bool | None = None
    created_after: datetime | None = None
    created_before: datetime | None = None


def page(
    db: Transaction, wanted: UserFilter, *, cursor: UUID | None = None, limit: int = 50
) -> Page[User]:
    """All accounts."""
    return page_of(db, _filtered(select(User), wanted), User.id, cursor=cursor, limit=limit)


def lock_admins(db: Transaction) -> list[User]:
    """The administrators who can sign in, locked: of two who resign at once, one is the last."""
    admins = select(User).where(User.role == Role.ADMIN, _enabled()).order_by(User.id)
    return list(db.scalars(admins.with_for_update()))


def _filtered(rows: Select[User], wanted: UserFilter) -> Select[User]:
    if wanted.q:
        named = (User.email, User.username)
        rows = rows.where(or_(*(name.icontains(wanted.q, autoescape=True) for name in named)))
    if wanted.role is not None:
        rows = rows.where(User.role == wanted.role)
    if wanted.disabled is not None:
        rows = rows.where(~_enabled() if wanted.disabled else _enabled())
    if wanted.created_after is not None:
        rows = rows.where(User.created_at > wanted.created_after)
    if wanted.created_before is not None:
        rows = rows.where(User.created_at < wanted.created_before)
    return rows


def _end(db: Transaction, which: ColumnElement[bool]) -> Session | None:
    return db.scalar(_ending(which))


def _ending(which: ColumnElement[bool]) -> ReturningUpdate[Session]:
    return (
        update(Session)
        .where(which, Session.ended_at.is_(None))
        .values(ended_at=func.now())
        .returning(Session)
    )


def _open() -> ColumnElement[bool]:
    return and_(Session.ended_at.is_(None), Session.expires_at > func.now())


def _enabled() -> ColumnElement[bool]:
    return User.disabled_at.is_(None)
