"""Accounts, and the sign-ins that keep them signed in."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session as Transaction
from uuid_utils.compat import uuid7

from db.models import Role, Session, SpentRefresh, User


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


def open_session(
    db: Transaction,
    user: User,
    *,
    refresh_hash: str,
    expires_at: datetime,
    remember: bool,
    user_agent: str,
) -> Session:
    session = Session(
        user_id=user.id,
        refresh_hash=refresh_hash,
        expires_at=expires_at,
        remember=remember,
        user_agent=user_agent,
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


def end_session_of_spent(db: Transaction, refresh_hash: str) -> UUID | None:
    """Ends the session that once had this refresh token: a second use means that it was stolen."""
    spent = select(SpentRefresh.session_id).where(SpentRefresh.refresh_hash == refresh_hash)
    return _end(db, spent.scalar_subquery())


def end_session(db: Transaction, session_id: UUID) -> None:
    """Ends a sign-in; its access tokens are refused from now on."""
    _end(db, session_id)


def _end(db: Transaction, session_id: object) -> UUID | None:
    return db.scalar(
        update(Session)
        .where(Session.id == session_id, Session.ended_at.is_(None))
        .values(ended_at=func.now())
        .returning(Session.id)
    )


def _open() -> ColumnElement[bool]:
    return and_(Session.ended_at.is_(None), Session.expires_at > func.now())


def _enabled() -> ColumnElement[bool]:
    return User.disabled_at.is_(None)
