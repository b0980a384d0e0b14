"""Accounts: register, sign in, stay signed in, sign out."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Cookie, Depends, Request, Response, status

from db import users
from db.models import User
from serve import accounts
from serve.accounts import Opened
from serve.csrf import CsrfHeader, check_cookie_use, refuse_cross_site
from serve.deps import (
    AccountReader,
    Audit,
    Bounds,
    FromWhere,
    Paging,
    SignedIn,
    StudioParts,
    Transaction,
)
from serve.errors import RefreshRefused, SessionNotFound
from serve.idempotency import CREATES_ACCOUNT
from serve.limits import StrictRoute
from serve.schemas import (
    AccessRead,
    AccountChange,
    Login,
    PasswordChange,
    Refresh,
    Registration,
    SessionPage,
    SessionRead,
    UserRead,
)
from serve.security import Tokens

COOKIE = "lectern_refresh"
COOKIE_PATH = "/api/auth"

router = APIRouter(prefix="/api/auth", tags=["accounts"], route_class=StrictRoute)

# however long: a browser that keeps something odd under our name could never sign in otherwise
RefreshCookie = Annotated[
    str | None,
    Cookie(alias=COOKIE, description="The refresh token; anything else is as good as an old one."),
]


@router.post(
    "/register",
    response_model=UserRead,
    status_code=status.HTTP_201_CREATED,
    dependencies=[CREATES_ACCOUNT],
)
async def register(
    form: Registration, studio: StudioParts, bounds: Bounds, origin: FromWhere
) -> User:
    """Makes an account."""
    return await accounts.register(studio, bounds, form, origin)


@router.post("/login", dependencies=[Depends(refuse_cross_site)])
async def login(
    form: Login,
    response: Response,
    studio: StudioParts,
    bounds: Bounds,
    origin: FromWhere,
    cookie: RefreshCookie = None,
) -> AccessRead:
    """Opens a session. The refresh token comes as a cookie, or in the body when asked for."""
    opened = await accounts.sign_in(studio, bounds, form, origin, cookie)
    return _tokens(opened, studio.tokens, None if form.refresh_in_body else response)


@router.post("/refresh")
def refresh(
    request: Request,
    response: Response,
    studio: StudioParts,
    origin: FromWhere,
    form: Refresh | None = None,
    cookie: RefreshCookie = None,
    csrf: CsrfHeader = None,
) -> AccessRead:
    """Exchanges the refresh token for a new pair. One that is used twice ends its session."""
    in_body = form.refresh_token if form else None
    token = in_body if in_body is not None else cookie
    if token is None:
        raise RefreshRefused
    if in_body is None:
        check_cookie_use(request, csrf)
    opened = accounts.renew(studio, token, origin)
    return _tokens(opened, studio.tokens, response if in_body is None else None)


@router.post("/logout", status_code=status.HTTP_204_NO_CONTENT)
def logout(who: SignedIn, db: Transaction, record: Audit, response: Response) -> None:
    """Ends this session: its access tokens are refused from now on."""
    users.end_session(db, who.user.id, who.session.id)
    record("session.ended", f"user:{who.user.id}", session=str(who.session.id))
    response.delete_cookie(COOKIE, path=COOKIE_PATH)


@router.post("/logout-all", status_code=status.HTTP_204_NO_CONTENT)
def logout_all(who: SignedIn, db: Transaction, record: Audit, response: Response) -> None:
    """Ends every session of the account, this one too. API keys go on working."""
    ended = users.end_sessions(db, who.user.id)
    record("session.all_ended", f"user:{who.user.id}", sessions_ended=ended)
    response.delete_cookie(COOKIE, path=COOKIE_PATH)


@router.get("/me", response_model=UserRead)
def me(user: AccountReader) -> User:
    """Who is signed in."""
    return user


@router.patch("/me", response_model=UserRead)
def update_me(who: SignedIn, form: AccountChange, db: Transaction, record: Audit) -> User:
    """Changes one's email address or username."""
    changed = accounts.change_account(db, who.user, form)
    fields = sorted(form.model_dump(exclude_none=True))
    record("account.changed", f"user:{who.user.id}", fields=fields)
    return changed


@router.post("/change-password", status_code=status.HTTP_204_NO_CONTENT)
async def change_password(
    who: SignedIn, form: PasswordChange, studio: StudioParts, bounds: Bounds, origin: FromWhere
) -> None:
    """Needs the old password; ends all other sessions. API keys go on working."""
    await accounts.change_password(studio, bounds, who, form, origin)


@router.get("/sessions")
def list_sessions(who: SignedIn, db: Transaction, paging: Paging) -> SessionPage:
    """Where one is signed in, newest first."""
    page = users.sessions_page(db, who.user.id, cursor=paging.cursor, limit=paging.limit)
    items = [SessionRead.model_validate(each) for each in page.items]
    shown = [each.model_copy(update={"current": each.id == who.session.id}) for each in items]
    return SessionPage(items=shown, next_cursor=page.next_cursor, total=page.total)


@router.delete("/sessions/{session_id}", status_code=status.HTTP_204_NO_CONTENT)
def end_session(session_id: UUID, who: SignedIn, db: Transaction, record: Audit) -> None:
    """Ends one session: its access tokens are refused from now on."""
    if not users.end_session(db, who.user.id, session_id):
        raise SessionNotFound
    record("session.ended", f"user:{who.user.id}", session=str(session_id))


def _tokens(opened: Opened, tokens: Tokens, cookie_to: Response | None) -> AccessRead:
    if cookie_to is not None:
        _set_cookie(cookie_to, opened, tokens)
    return AccessRead(
        access_token=opened.access,
        expires_in=tokens.access_seconds,
        refresh_token=opened.refresh if cookie_to is None else None,
    )


def _set_cookie(response: Response, opened: Opened, tokens: Tokens) -> None:
    """Without “remember me” the cookie goes when the browser is closed."""
    response.set_cookie(
        COOKIE,
        opened.refresh,
        max_age=tokens.remembered_seconds if opened.sign_in.session.remember else None,
        path=COOKIE_PATH,
        secure=tokens.secure_cookies,
        httponly=True,
        samesite="strict",
    )
