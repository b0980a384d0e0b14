"""What routes ask for: the studio's parts, a transaction, who is asking, and what is theirs."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Protocol
from uuid import UUID

from fastapi import Depends, Query, Request, Security
from fastapi.concurrency import contextmanager_in_threadpool
from fastapi.security import HTTPBearer, SecurityScopes
from fastapi.security.utils import get_authorization_scheme_param
from sqlalchemy.orm import Session

from db import assets, audit, batches, drafts, jobs, keys, users, webhooks
from db.models import Asset, Batch, Draft, Job, User, Webhook
from db.quotas import Quotas
from db.session import Database
from db.users import SignIn
from pipeline.engines import QuizEngine, ScriptEngine, SpeechEngine, VideoEngine
from pipeline.outbound_rules import OutboundRules
from pipeline.storage import Storage
from serve.access import AS_ADMIN, AS_CREATOR, SESSION, Caller, Scope, check
from serve.errors import (
    AssetNotFound,
    BatchNotFound,
    DraftNotFound,
    JobNotFound,
    NotSignedIn,
    TokenRefused,
    WebhookNotFound,
)
from serve.origin import Network, Origin, origin_of
from serve.rates import Meter, Rates, count
from serve.security import KEY_PREFIX, USUAL_COST, HashCost, Tokens, token_hash

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
class Replicas:
    """How a deployment stands; ``changing`` are starting, updating or stopping.

    ``deployed_at``: when its application was deployed last, in Unix seconds."""

    deployment: str
    running: int
    changing: int
    deployed_at: float = 0.0


class ReplicaCount(Protocol):
    """How many replicas there are; empty where nobody can tell now. Blocks."""

    def __call__(self) -> Sequence[Replicas]: ...


PAGES = Path(__file__).parents[1] / "ui" / "dist"
"""Where the web studio is built."""


@dataclass(frozen=True, slots=True)
class Studio:
    """Everything the HTTP interface works with.

    ``echo_portrait`` is the picture that ``worker/ping`` has animated; None leaves that out.
    ``proxies`` are believed about where a request comes from. ``quotas`` are those of users who
    were not given others. ``replicas`` says how many of each deployment there are, where they are
    known, and ``dashboard`` where Ray's dashboard is. ``outbound`` says where webhooks may lead.
    ``pages`` is the folder of the web studio. ``hash_cost`` is that of new passwords, and of
    looking for one that is not there. ``proved_voices``: a voice is used only when its consent is
    verified. ``speaker_encoder`` is the file that tells voices apart, whether it is there or not.
    ``office`` is the program that draws slides; None where there is none.
    ``anchors``: the certificates, as PEM, that content credentials are trusted by.
    ``studio_id`` stands in our watermarks. ``audit_days``: how long the audit is kept; 0 for ever.
    """

    database: Database
    storage: Storage
    script: ScriptEngine
    quiz: QuizEngine
    speech: SpeechEngine
    video: VideoEngine
    tokens: Tokens
    find_face: FaceCheck
    version: str
    echo_portrait: bytes | None = None
    proxies: tuple[Network, ...] = ()
    rates: Rates = field(default_factory=Rates)
    quotas: Quotas = field(default_factory=Quotas)
    replicas: ReplicaCount | None = None
    dashboard: str | None = None
    outbound: OutboundRules = field(default_factory=OutboundRules)
    hash_cost: HashCost = USUAL_COST
    pages: Path = PAGES
    anchors: str | None = None
    studio_id: str | None = None
    proved_voices: bool = False
    audit_days: int = 0
    speaker_encoder: Path | None = None
    office: Path | None = None


@dataclass(frozen=True, slots=True)
class Slots:
    """Bounds on what one process does at a time."""

    transactions: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(TRANSACTIONS))
    checks: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(CHECKS))
    hashes: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(HASHES))


def the_studio(request: Request) -> Studio:
    studio: Studio = request.app.state.studio
    return studio


def the_meter(request: Request) -> Meter:
    meter: Meter = request.app.state.meter
    return meter


def the_slots(request: Request) -> Slots:
    slots: Slots = request.app.state.slots
    return slots


StudioParts = Annotated[Studio, Depends(the_studio)]
Bounds = Annotated[Slots, Depends(the_slots)]


async def transaction(
    request: Request, studio: StudioParts, slots: Bounds
) -> AsyncIterator[Session]:
    """One transaction a request; it is committed before the answer is sent.

    The route's wrapper writes into it too: see ``serve.idempotency``.
    """
    async with (
        slots.transactions,
        contextmanager_in_threadpool(studio.database.transaction()) as db,
    ):
        request.state.transaction = db
        yield db


Transaction = Annotated[Session, Depends(transaction, scope="function")]

bearer = HTTPBearer(
    auto_error=False, description="An access token, or an API key (`lk_…`) with the scopes named."
)


def known_caller(request: Request, studio: StudioParts) -> Caller:
    """Whose request it is. A session that has ended is noticed at once: it is looked up here.

    Apart from ``permitted``, so that it is looked up once, whatever the route needs of it.
    """
    scheme, token = get_authorization_scheme_param(request.headers.get("authorization"))
    if scheme.lower() != "bearer" or not token:
        raise NotSignedIn
    found = _by_key(studio, token) if token.startswith(KEY_PREFIX) else _by_token(studio, token)
    if found is None:
        raise TokenRefused
    return found


async def caller(
    request: Request,
    who: Annotated[Caller, Depends(known_caller)],
    meter: Annotated[Meter, Depends(the_meter)],
) -> Caller:
    """Whose request it is, counted: a key's own requests, or those of all a user's sessions."""
    subject = f"key {who.key.id}" if who.key else f"user {who.user.id}"
    await count(request, meter, subject, request.state.kind)
    return who


def _by_key(studio: Studio, key: str) -> Caller | None:
    with studio.database.transaction() as db:
        found = keys.find_holder(db, token_hash(key))
    return Caller(found.user, key=found.key) if found else None


def _by_token(studio: Studio, token: str) -> Caller | None:
    claims = studio.tokens.read(token)
    with studio.database.transaction() as db:
        found = users.find_sign_in(db, claims.user_id, claims.session_id)
    return Caller(found.user, session=found.session) if found else None


Asking = Annotated[Caller, Depends(caller)]


def permitted(
    who: Asking,
    needed: SecurityScopes,
    scheme: Annotated[object, Depends(bearer)],  # noqa: ARG001
) -> Caller:
    """Who is asking, if they have all that the route needs: see ``serve.access``."""
    check(who, needed.scopes)
    return who


def signed_in(who: Annotated[Caller, Security(permitted, scopes=[SESSION])]) -> SignIn:
    """Who is asking, with the session they come through."""
    if who.session is None:
        raise NotSignedIn
    return SignIn(who.user, who.session)


def current_user(who: Annotated[Caller, Depends(permitted)]) -> User:
    return who.user


SignedIn = Annotated[SignIn, Depends(signed_in)]
"""A person with a session; no API key will do."""
CurrentUser = Annotated[User, Depends(current_user)]
"""Whoever asks. A route takes one of those below: this one names no scope, and admits no key."""
Creator = Annotated[User, Security(current_user, scopes=[AS_CREATOR])]
Admin = Annotated[User, Security(current_user, scopes=[Scope.ADMIN, AS_ADMIN])]
AccountReader = Annotated[User, Security(current_user, scopes=[Scope.ACCOUNT_READ])]
LessonReader = Annotated[User, Security(current_user, scopes=[Scope.LESSONS_READ])]
LessonWriter = Annotated[User, Security(current_user, scopes=[Scope.LESSONS_WRITE, AS_CREATOR])]
AssetReader = Annotated[User, Security(current_user, scopes=[Scope.ASSETS_READ])]
AssetWriter = Annotated[User, Security(current_user, scopes=[Scope.ASSETS_WRITE, AS_CREATOR])]
WebhookReader = Annotated[User, Security(current_user, scopes=[Scope.WEBHOOKS_READ])]
WebhookWriter = Annotated[User, Security(current_user, scopes=[Scope.WEBHOOKS_WRITE, AS_CREATOR])]


def request_origin(request: Request, studio: StudioParts) -> Origin:
    return origin_of(request, studio.proxies)


FromWhere = Annotated[Origin, Depends(request_origin)]


@dataclass(frozen=True, slots=True)
class Recorder:
    """Writes an act of the one who is asking into the audit, in the request's transaction.

    ``record("asset.deleted", f"asset:{asset.id}", name=asset.name)``
    """

    db: Session
    who: Caller
    origin: Origin

    def __call__(self, action: str, target: str, **details: Any) -> None:
        audit.write(
            self.db,
            actor_id=self.who.user.id,
            session_id=self.who.session.id if self.who.session else None,
            key_id=self.who.key.id if self.who.key else None,
            action=action,
            target=target,
            address=self.origin.address,
            agent=self.origin.agent,
            details=details,
        )


def recorder(db: Transaction, who: Asking, origin: FromWhere) -> Recorder:
    return Recorder(db, who, origin)


Audit = Annotated[Recorder, Depends(recorder)]


def own_job(job_id: UUID, user: CurrentUser, db: Transaction) -> Job:
    job = jobs.find(db, user.id, job_id)
    if job is None:
        raise JobNotFound
    return job


OwnJob = Annotated[Job, Security(own_job, scopes=[Scope.LESSONS_READ])]


def held_job(job: OwnJob, db: Transaction) -> Job:
    """One's job, which nobody deletes until the request is done."""
    if not jobs.hold(db, job.id):
        raise JobNotFound
    return job


HeldJob = Annotated[Job, Depends(held_job)]


def own_batch(batch_id: UUID, user: CurrentUser, db: Transaction) -> Batch:
    batch = batches.find(db, user.id, batch_id)
    if batch is None:
        raise BatchNotFound
    return batch


OwnBatch = Annotated[Batch, Security(own_batch, scopes=[Scope.LESSONS_READ])]


def own_draft(draft_id: UUID, user: CurrentUser, db: Transaction) -> Draft:
    draft = drafts.find(db, user.id, draft_id)
    if draft is None:
        raise DraftNotFound
    return draft


OwnDraft = Annotated[Draft, Security(own_draft, scopes=[Scope.LESSONS_READ])]


def own_asset(asset_id: UUID, user: CurrentUser, db: Transaction) -> Asset:
    asset = assets.find(db, user.id, asset_id)
    if asset is None:
        raise AssetNotFound
    return asset


OwnAsset = Annotated[Asset, Security(own_asset, scopes=[Scope.ASSETS_READ])]


def locked_asset(asset: OwnAsset, db: Transaction) -> Asset:
    """One's asset, which nobody else changes or deletes until the request is done. Not for who
    locks jobs after it: they come first."""
    locked = assets.lock(db, asset)
    if locked is None:
        raise AssetNotFound
    return locked


LockedAsset = Annotated[Asset, Depends(locked_asset)]


def own_webhook(webhook_id: UUID, user: CurrentUser, db: Transaction) -> Webhook:
    webhook = webhooks.find(db, user.id, webhook_id)
    if webhook is None:
        raise WebhookNotFound
    return webhook


OwnWebhook = Annotated[Webhook, Security(own_webhook, scopes=[Scope.WEBHOOKS_READ])]


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
