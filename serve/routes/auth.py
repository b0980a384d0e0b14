"""Accounts: register, sign in, stay signed in, sign out."""

from typing import Annotated

from fastapi import APIRouter, Cookie, Request, Response, status

from db import users
from db.models import User
from serve import accounts
from serve.accounts import Opened
from serve.deps import Bounds, CurrentUser, SignedIn, StudioParts, Transaction
from serve.errors import RefreshRefused
from serve.limits import StrictRoute
from serve.schemas import AccessRead, Login, Refresh, Registration, UserRead
from serve.security import Tokens

COOKIE = "lectern_refresh"
COOKIE_PATH = "/api/auth"

router = APIRouter(prefix="/api/auth", tags=["accounts"], route_class=StrictRoute)

RefreshCookie = Annotated[str | None, Cookie(alias=COOKIE, max_length=200)]


@router.post("/register", response_model=UserRead, status_code=status.HTTP_201_CREATED)
async def register(form: Registration, studio: StudioParts, bounds: Bounds) -> User:
    """Makes an account."""
    return await accounts.register(studio, bounds, form)


@router.post("/login")
async def login(
    form: Login, request: Request, response: Response, studio: StudioParts, bounds: Bounds
) -> AccessRead:
    """Opens a session. The refresh token comes as a cookie, or in the body when asked for."""
    agent = request.headers.get("user-agent", "")
    opened = await accounts.sign_in(studio, bounds, form, agent)
    return _tokens(opened, studio.tokens, None if form.refresh_in_body else response)


@router.post("/refresh")
def refresh(
    response: Response,
    studio: StudioParts,
    form: Refresh | None = None,
    cookie: RefreshCookie = None,
) -> AccessRead:
    """Exchanges the refresh token for a new pair. One that is used twice ends its session."""
    in_body = form.refresh_token if form else None
    token = in_body or cookie
    if token is None:
        raise RefreshRefused
    opened = accounts.renew(studio, token)
    return _tokens(opened, studio.tokens, None if in_body else response)


@router.post("/logout", status_code=status.HTTP_204_NO_CONTENT)
def logout(who: SignedIn, db: Transaction, response: Response) -> None:
    """Ends this session: its access tokens are refused from now on."""
    users.end_session(db, who.session.id)
    response.delete_cookie(COOKIE, path=COOKIE_PATH)


@router.get("/me", response_model=UserRead)
def me(user: CurrentUser) -> User:
    """Who is signed in."""
    return user


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
