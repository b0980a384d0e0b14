"""Signing up, signing in, staying signed in, and signing out."""

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

from anyio.to_thread import run_sync
from sqlalchemy.orm import Session as Transaction

from db import audit, users
from db.models import User
from db.users import SignIn
from serve import throttle
from serve.deps import Slots, Studio
from serve.errors import (
    AccountTaken,
    CredentialsRefused,
    PasswordTooCommon,
    PasswordWrong,
    RefreshRefused,
)
from serve.origin import Origin
from serve.schemas import AccountChange, Login, PasswordChange, Registration
from serve.security import (
    hash_password,
    is_guessable,
    new_refresh_token,
    readable_password,
    token_hash,
    verify_password,
)
from serve.throttle import Charged


@dataclass(frozen=True, slots=True)
class Opened:
    """A session that has just been opened or renewed, with its two tokens."""

    sign_in: SignIn
    access: str
    refresh: str


async def register(studio: Studio, slots: Slots, form: Registration, origin: Origin) -> User:
    """Raises AccountTaken, PasswordTooCommon and TooManyAttempts."""
    await _check_guessable(form.password, form.username, form.email)
    await run_sync(_charge_registration, studio, origin)
    hashed = await _hashed(studio, slots, form.password)
    user = await run_sync(_add_user, studio, form, hashed, origin)
    if user is None:
        raise AccountTaken
    return user


async def sign_in(
    studio: Studio, slots: Slots, form: Login, origin: Origin, cookie: str | None
) -> Opened:
    """Raises CredentialsRefused, after the same time, whichever of the two is wrong."""
    user, charged = await run_sync(_begin_sign_in, studio, form, origin, cookie)
    right = await _is_right(studio, slots, form.password, user)
    if user is None or not right:
        await run_sync(_note_refusal, studio, user, origin)
        raise CredentialsRefused
    open_ = partial(_open_session, studio, user, charged, form.remember_me, origin)
    return await run_sync(open_)


def renew(studio: Studio, token: str, origin: Origin) -> Opened:
    """A new pair of tokens for a refresh token, which is spent with that. Blocks.

    Raises RefreshRefused. A token that was spent before is in two hands: its session ends.
    """
    fresh = new_refresh_token()
    with studio.database.transaction() as db:
        found = users.lock_by_refresh(db, token_hash(token))
        if found is None:
            _end_stolen(db, token, origin)
        else:
            expiry = studio.tokens.refresh_expiry(found.session.remember)
            users.rotate(db, found.session, new_refresh_hash=token_hash(fresh), expires_at=expiry)
    if found is None:
        raise RefreshRefused
    return _opened(studio, found, fresh)


async def change_password(
    studio: Studio, slots: Slots, who: SignIn, form: PasswordChange, origin: Origin
) -> None:
    """Ends all sessions but this. Raises PasswordWrong, PasswordTooCommon, TooManyAttempts."""
    await _check_guessable(form.new_password, who.user.username, who.user.email)
    charged = await run_sync(_charge_change, studio, who.user)
    if not await _is_right(studio, slots, form.old_password, who.user):
        raise PasswordWrong
    hashed = await _hashed(studio, slots, form.new_password)
    await run_sync(_replace_password, studio, who, hashed, charged, origin)


@dataclass(frozen=True, slots=True)
class FreshPassword:
    """A password that nobody chose, and its hash."""

    password: str
    hashed: str


async def new_password(studio: Studio, slots: Slots) -> FreshPassword:
    password = readable_password()
    return FreshPassword(password, await _hashed(studio, slots, password))


def change_account(db: Transaction, user: User, form: AccountChange) -> User:
    """Raises AccountTaken."""
    changed = users.change_name(
        db, user.id, email=form.email or user.email, username=form.username or user.username
    )
    if changed is None:
        raise AccountTaken
    return changed


async def _check_guessable(password: str, username: str, email: str) -> None:
    local_part = email.split("@")[0]
    if await run_sync(is_guessable, password, username, email, local_part):
        raise PasswordTooCommon


async def _hashed(studio: Studio, slots: Slots, password: str) -> str:
    async with slots.hashes:
        return await run_sync(hash_password, password, studio.hash_cost)


async def _is_right(studio: Studio, slots: Slots, password: str, user: User | None) -> bool:
    known = user.password_hash if user else None
    async with slots.hashes:
        return await run_sync(verify_password, password, known, studio.hash_cost)


def _charge_registration(studio: Studio, origin: Origin) -> None:
    with studio.database.transaction() as db:
        throttle.charge_registration(db, origin.address)


def _charge_change(studio: Studio, user: User) -> Charged:
    with studio.database.transaction() as db:
        return throttle.charge_password_change(db, user.id)


def _add_user(studio: Studio, form: Registration, hashed: str, origin: Origin) -> User | None:
    with studio.database.transaction() as db:
        user = users.add(db, email=form.email, username=form.username, password_hash=hashed)
        if user is not None:
            _record(db, "account.registered", user, origin)
    return user


def _begin_sign_in(
    studio: Studio, form: Login, origin: Origin, cookie: str | None
) -> tuple[User | None, Charged]:
    with studio.database.transaction() as db:
        user = users.by_login(db, form.login)
        return user, throttle.charge_sign_in(db, user, form.login, origin.address, cookie)


def _note_refusal(studio: Studio, user: User | None, origin: Origin) -> None:
    """For unknown users too, so that they take as long. Never what was typed."""
    with studio.database.transaction() as db:
        _record(db, "session.refused", user, origin, acts=False)


def _open_session(
    studio: Studio, user: User, charged: Charged, remember: bool, origin: Origin
) -> Opened:
    token = new_refresh_token()
    with studio.database.transaction() as db:
        charged.forgive(db)
        users.forget_sessions(db, user.id, before=datetime.now(UTC) - throttle.KNOWN_FOR)
        session = users.open_session(
            db,
            user,
            refresh_hash=token_hash(token),
            expires_at=studio.tokens.refresh_expiry(remember),
            remember=remember,
            user_agent=origin.agent,
            address=origin.address,
        )
        _record(db, "session.opened", user, origin, session=str(session.id))
    return _opened(studio, SignIn(user, session), token)


def _end_stolen(db: Transaction, token: str, origin: Origin) -> None:
    ended = users.end_session_of_spent(db, token_hash(token))
    if ended is not None:
        user = users.find(db, ended.user_id)
        _record(db, "session.stolen", user, origin, acts=False, session=str(ended.id))


def _replace_password(
    studio: Studio, who: SignIn, hashed: str, charged: Charged, origin: Origin
) -> None:
    with studio.database.transaction() as db:
        charged.forgive(db)
        users.change_password(db, who.user.id, hashed)
        ended = users.end_sessions(db, who.user.id, but=who.session.id)
        _record(db, "account.password_changed", who.user, origin, sessions_ended=ended)


def _record(
    db: Transaction,
    action: str,
    user: User | None,
    origin: Origin,
    acts: bool = True,
    **details: object,
) -> None:
    """``acts`` is False where it was done in the user's name, perhaps by someone else."""
    audit.write(
        db,
        actor_id=user.id if user and acts else None,
        action=action,
        target=f"user:{user.id}" if user else "user:unknown",
        address=origin.address,
        agent=origin.agent,
        details=details,
    )


def _opened(studio: Studio, who: SignIn, refresh: str) -> Opened:
    return Opened(who, studio.tokens.access(who.user.id, who.session.id), refresh)
