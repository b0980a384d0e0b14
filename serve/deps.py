"""What routes ask for: the studio's parts, a transaction, who is asking, and what is theirs."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Annotated, Protocol
from uuid import UUID

from fastapi import Depends, Query, Request
from fastapi.concurrency import contextmanager_in_threadpool
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from sqlalchemy.orm import Session

from db import assets, jobs, users
from db.models import Asset, Job, Role, User
from db.session import Database
from db.users import SignIn
from pipeline.engines import ScriptEngine, SpeechEngine, VideoEngine
from pipeline.storage import Storage
from serve.errors import AssetNotFound, JobNotFound, NotAllowed, NotSignedIn, TokenRefused
from serve.security import Tokens

TRANSACTIONS = 6
"""At most so many requests hold a connection at once: fewer than the pool has, so that no thread
ever waits for a connection whose holder waits for a thread."""
CHECKS = 2
"""Uploads that are checked at once: each takes a process and a core."""
HASHES = 2
"""Passwords that are hashed at once: each takes 64 MiB."""


class FaceSeen(Protocol):
    """What is kept of the face in a portrait: the box is left, top, right, bottom in pixels."""

    @property
    def box(self) -> tuple[int, int, int, int]: ...

    @property
    def roll_degrees(self) -> float: ...

    @property
    def sharpness(self) -> float: ...


class FaceCheck(Protocol):
    """Finds the one face of a portrait; raises NoFaceFound, SeveralFacesFound … Blocks."""

    def __call__(self, portrait: bytes, /) -> FaceSeen: ...


@dataclass(frozen=True, slots=True)
class Studio:
    """Everything the HTTP interface works with.

    ``echo_portrait`` is the picture that ``worker/ping`` has animated; None leaves that out.
    """

    database: Database
    storage: Storage
    script: ScriptEngine
    speech: SpeechEngine
    video: VideoEngine
    tokens: Tokens
    find_face: FaceCheck
    version: str
    echo_portrait: bytes | None = None


@dataclass(frozen=True, slots=True)
class Slots:
    """Bounds on what one process does at a time."""

    transactions: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(TRANSACTIONS))
    checks: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(CHECKS))
    hashes: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(HASHES))


def the_studio(request: Request) -> Studio:
    studio: Studio = request.app.state.studio
    return studio


def the_slots(request: Request) -> Slots:
    slots: Slots = request.app.state.slots
    return slots


StudioParts = Annotated[Studio, Depends(the_studio)]
Bounds = Annotated[Slots, Depends(the_slots)]


async def transaction(studio: StudioParts, slots: Bounds) -> AsyncIterator[Session]:
    """One transaction a request; it is committed before the answer is sent."""
    async with (
        slots.transactions,
        contextmanager_in_threadpool(studio.database.transaction()) as db,
    ):
        yield db


Transaction = Annotated[Session, Depends(transaction, scope="function")]

bearer = HTTPBearer(auto_error=False, bearerFormat="JWT", description="An access token.")


def signed_in(
    studio: StudioParts,
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)],
) -> SignIn:
    """Whose request it is. A session that has ended is noticed at once: it is looked up here."""
    if credentials is None:
        raise NotSignedIn
    claims = studio.tokens.read(credentials.credentials)
    with studio.database.transaction() as db:
        found = users.find_sign_in(db, claims.user_id, claims.session_id)
    if found is None:
        raise TokenRefused
    return found


SignedIn = Annotated[SignIn, Depends(signed_in)]


def current_user(who: SignedIn) -> User:
    return who.user


CurrentUser = Annotated[User, Depends(current_user)]


def creator(user: CurrentUser) -> User:
    """A user who may make lessons."""
    if user.role not in (Role.CREATOR, Role.ADMIN):
        raise NotAllowed(user.role.value)
    return user


Creator = Annotated[User, Depends(creator)]


def own_job(job_id: UUID, user: CurrentUser, db: Transaction) -> Job:
    job = jobs.find(db, user.id, job_id)
    if job is None:
        raise JobNotFound
    return job


OwnJob = Annotated[Job, Depends(own_job)]


def own_asset(asset_id: UUID, user: CurrentUser, db: Transaction) -> Asset:
    asset = assets.find(db, user.id, asset_id)
    if asset is None:
        raise AssetNotFound
    return asset


OwnAsset = Annotated[Asset, Depends(own_asset)]


@dataclass(frozen=True, slots=True)
class PageAsked:
    limit: int
    cursor: UUID | None


def page_asked(
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
    cursor: Annotated[UUID | None, Query(description="`next_cursor` of the page before.")] = None,
) -> PageAsked:
    return PageAsked(limit, cursor)


Paging = Annotated[PageAsked, Depends(page_asked)]
