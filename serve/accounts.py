"""Signing in, staying signed in, and signing out."""

from dataclasses import dataclass
from functools import partial

from anyio.to_thread import run_sync

from db import users
from db.models import User
from db.users import SignIn
from serve.deps import Slots, Studio
from serve.errors import AccountTaken, CredentialsRefused, PasswordTooCommon, RefreshRefused
from serve.schemas import Login, Registration
from serve.security import (
    hash_password,
    is_guessable,
    new_refresh_token,
    token_hash,
    verify_password,
)

LONGEST_USER_AGENT = 300


@dataclass(frozen=True, slots=True)
class Opened:
    """A session that has just been opened or renewed, with its two tokens."""

    sign_in: SignIn
    access: str
    refresh: str


async def register(studio: Studio, slots: Slots, form: Registration) -> User:
    """Raises AccountTaken and PasswordTooCommon."""
    local_part = form.email.split("@")[0]
    if await run_sync(is_guessable, form.password, form.username, form.email, local_part):
        raise PasswordTooCommon
    async with slots.hashes:
        hashed = await run_sync(hash_password, form.password)
    user = await run_sync(_add_user, studio, form, hashed)
    if user is None:
        raise AccountTaken
    return user


async def sign_in(studio: Studio, slots: Slots, form: Login, user_agent: str) -> Opened:
    """Raises CredentialsRefused, after the same time, whichever of the two is wrong."""
    user = await run_sync(_find_user, studio, form.login)
    async with slots.hashes:
        right = await run_sync(verify_password, form.password, user.password_hash if user else None)
    if user is None or not right:
        raise CredentialsRefused
    open_ = partial(_open_session, studio, user, form.remember_me, user_agent)
    return await run_sync(open_)


def renew(studio: Studio, token: str) -> Opened:
    """A new pair of tokens for a refresh token, which is spent with that. Blocks.

    Raises RefreshRefused. A token that was spent before is in two hands: its session ends.
    """
    fresh = new_refresh_token()
    with studio.database.transaction() as db:
        found = users.lock_by_refresh(db, token_hash(token))
        if found is None:
            users.end_session_of_spent(db, token_hash(token))
        else:
            expiry = studio.tokens.refresh_expiry(found.session.remember)
            users.rotate(db, found.session, new_refresh_hash=token_hash(fresh), expires_at=expiry)
    if found is None:
        raise RefreshRefused
    return _opened(studio, found, fresh)


def _add_user(studio: Studio, form: Registration, hashed: str) -> User | None:
    with studio.database.transaction() as db:
        return users.add(db, email=form.email, username=form.username, password_hash=hashed)


def _find_user(studio: Studio, login: str) -> User | None:
    with studio.database.transaction() as db:
        return users.by_login(db, login)


def _open_session(studio: Studio, user: User, remember: bool, user_agent: str) -> Opened:
    token = new_refresh_token()
    with studio.database.transaction() as db:
        session = users.open_session(
            db,
            user,
            refresh_hash=token_hash(token),
            expires_at=studio.tokens.refresh_expiry(remember),
            remember=remember,
            user_agent=user_agent[:LONGEST_USER_AGENT],
        )
    return _opened(studio, SignIn(user, session), token)


def _opened(studio: Studio, who: SignIn, refresh: str) -> Opened:
    return Opened(who, studio.tokens.access(who.user.id, who.session.id), refresh)
