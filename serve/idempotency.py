"""``Idempotency-Key``: a request that is sent twice does its work once, and is answered alike.

The key is claimed before anything is done, in a transaction of its own. The answer is written in
the transaction of the work (``serve.deps.transaction``), so that a crash leaves both or neither;
a claim whose holder has died runs out after seconds. Where a route works in several transactions,
the answer has its own, and what must not be there twice is kept apart by the tables themselves.

Only what was done is remembered: a refusal changed nothing, and its key can be used again.
"""

import asyncio
import hashlib
import json
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated, Any, BinaryIO
from uuid import UUID

from anyio import CancelScope
from anyio.to_thread import run_sync
from fastapi import Depends, Header, Request, Response
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session as Transaction
from starlette.datastructures import UploadFile

from db import idempotency
from db.idempotency import Answer, Place, Remembered
from db.session import Database
from serve.access import check
from serve.bodies import FORM_BYTES
from serve.deps import Asking, Bounds, FromWhere, Slots, Studio, StudioParts
from serve.errors import IdempotencyAnswerLost, IdempotencyInProgress, IdempotencyMismatch
from serve.merge_patch import MERGE_PATCH
from serve.seals import SealBroken, Seals
from serve.throttle import site_of

REPLAYED = "Idempotency-Replayed"
LONGEST_KEY = 255
KEPT_SECONDS = 24 * 3600
CLAIM_SECONDS = 20.0
HOLD_EVERY_SECONDS = 5.0
WAIT_SECONDS = 10.0
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.05, 0.5
BLOCK_BYTES = 1024 * 1024
KEPT_HEADERS = ("content-type", "location")

IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=LONGEST_KEY,
        description="Makes it safe to send the request again: for 24 hours the same key and body "
        "get the first answer, with `Idempotency-Replayed: true`.",
    ),
]


class Replay(Exception):
    """The request was done before; not an error. ``answer`` is what it was told."""

    def __init__(self, answer: Response) -> None:
        super().__init__(answer)
        self.answer = answer


@dataclass(frozen=True, slots=True)
class Claim:
    """A key in the hands of the request that works under it, and what keeps it there."""

    studio: Studio
    place: Place
    token: UUID
    holding: asyncio.Task[None]


async def once(
    request: Request,
    who: Asking,
    studio: StudioParts,
    slots: Bounds,
    key: IdempotencyKey = None,
) -> None:
    """Raises Replay, IdempotencyMismatch, IdempotencyInProgress.

    What was answered is told to nobody who may not ask: a key of less scope, a role since lowered.
    """
    if key is not None:
        check(who, request.state.needed)
        await _begin(request, studio, slots, _place(f"user {who.user.id}", key))


async def once_from_here(
    request: Request,
    origin: FromWhere,
    studio: StudioParts,
    slots: Bounds,
    key: IdempotencyKey = None,
) -> None:
    """As ``once``, for those who have no account yet: the key is their address's."""
    if key is not None:
        await _begin(request, studio, slots, _place(f"address {site_of(origin.address)}", key))


CREATES = Depends(once)
"""``dependencies=[CREATES]`` on every POST that creates."""
CREATES_ACCOUNT = Depends(once_from_here)


async def answered_once(
    request: Request, handle: Callable[[Request], Awaitable[Response]]
) -> Response:
    """The answer of ``handle``, remembered if its route had the request's key claimed."""
    try:
        answer = await handle(request)
        await _remember(request, answer)
    except Replay as replay:
        return replay.answer
    finally:
        with CancelScope(shield=True):
            await _leave(request)
    return answer


def sweep(database: Database) -> int:
    """Forgets old answers; how many it were."""
    with database.transaction() as db:
        return idempotency.sweep(db)


def _place(account: str, key: str) -> Place:
    return Place(account, hashlib.sha256(key.encode()).hexdigest())


async def _begin(request: Request, studio: Studio, slots: Slots, place: Place) -> None:
    """Claims the key; waits a little for one that is being worked under."""
    seals = Seals(studio.tokens.secrets)
    digests = seals.digests(await _asked(request))
    pause, deadline = FIRST_PAUSE_SECONDS, asyncio.get_running_loop().time() + WAIT_SECONDS
    while True:
        async with slots.transactions:
            found = await run_sync(_claim_or_find, studio.database, place, digests[0])
        if isinstance(found, UUID):
            holding = asyncio.create_task(_hold(studio.database, place, found))
            request.state.claim = Claim(studio, place, found, holding)
            return
        if found is not None:
            _check_found(found, digests, seals)
        if asyncio.get_running_loop().time() > deadline:
            raise IdempotencyInProgress
        await asyncio.sleep(pause)
        pause = min(2 * pause, LONGEST_PAUSE_SECONDS)


def _claim_or_find(database: Database, place: Place, digest: str) -> UUID | Remembered | None:
    with database.transaction() as db:
        token = idempotency.claim(
            db, place, digest, seconds=CLAIM_SECONDS, kept_seconds=KEPT_SECONDS
        )
        return token or idempotency.find(db, place)


def _check_found(found: Remembered, digests: tuple[str, ...], seals: Seals) -> None:
    """Returns when the first request is still under way."""
    if not seals.made(found.digest):
        raise IdempotencyAnswerLost
    if found.digest not in digests:
        raise IdempotencyMismatch
    if found.answer is not None:
        raise Replay(_opened(found.answer, seals))


def _opened(answer: Answer, seals: Seals) -> Response:
    try:
        body = seals.open(answer.body)
    except SealBroken as error:
        raise IdempotencyAnswerLost from error
    return Response(body, answer.status, {**answer.headers, REPLAYED: "true"})


async def _hold(database: Database, place: Place, token: UUID) -> None:
    """Holds the claim of a request that takes long. Whoever cancels it has done."""
    while True:
        await asyncio.sleep(HOLD_EVERY_SECONDS)
        with suppress(SQLAlchemyError):  # a short outage; the claim may outlast it
            await run_sync(_hold_once, database, place, token)


def _hold_once(database: Database, place: Place, token: UUID) -> None:
    with database.transaction() as db:
        idempotency.hold(db, place, token, seconds=CLAIM_SECONDS)


async def _remember(request: Request, answer: Response) -> None:
    """Writes the answer, in the work's own transaction where that is still open.

    Raises IdempotencyInProgress when somebody else has the key by now, which undoes the work.
    """
    claim: Claim | None = getattr(request.state, "claim", None)
    body: bytes | None = getattr(answer, "body", None)
    if claim is None or answer.status_code >= HTTPStatus.BAD_REQUEST or body is None:
        return
    # from here on it is never given up: whether this is committed shows only later
    request.state.claim = None
    claim.holding.cancel()
    headers = {name: answer.headers[name] for name in KEPT_HEADERS if name in answer.headers}
    kept = Answer(answer.status_code, headers, bytes(body))
    await run_sync(_write, claim, getattr(request.state, "transaction", None), kept)


def _write(claim: Claim, db: Transaction | None, answer: Answer) -> None:
    if db is None:
        with claim.studio.database.transaction() as own:
            return _write(claim, own, answer)
    sealed = Seals(claim.studio.tokens.secrets).seal(answer.body)
    kept = Answer(answer.status, answer.headers, sealed)
    if not idempotency.answer(db, claim.place, claim.token, kept):
        raise IdempotencyInProgress
    return None


async def _leave(request: Request) -> None:
    """Gives a key up under which nothing was done, and closes the files of a form."""
    claim: Claim | None = getattr(request.state, "claim", None)
    if claim is not None:
        claim.holding.cancel()
        with suppress(SQLAlchemyError):  # the claim runs out by itself
            await run_sync(_give_up, claim)
    await request.close()


def _give_up(claim: Claim) -> None:
    with claim.studio.database.transaction() as db:
        idempotency.give_up(db, claim.place, claim.token)


async def _asked(request: Request) -> bytes:
    """All that says what is asked for, written in one way."""
    asked = [request.method, request.url.path, request.url.query]
    content_type = request.headers.get("content-type", "")
    if content_type.startswith("multipart/form-data"):
        asked.append(await _form_of(request))
    elif body := await request.body():
        asked.append(_canonical(await request.json()) if "json" in content_type else body.hex())
        if MERGE_PATCH in content_type:  # the same words ask for something else
            asked.append(MERGE_PATCH)
    return "\n".join(asked).encode()


def _canonical(value: Any) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


async def _form_of(request: Request) -> str:
    """A form by its fields and the digests of its files: its boundaries differ each time."""
    fields = []
    form = await request.form(max_files=1, max_fields=10, max_part_size=FORM_BYTES)
    for name, value in form.multi_items():
        if isinstance(value, UploadFile):
            digest = await run_sync(_sha256, value.file)
            fields.append([name, value.filename, digest])
        else:
            fields.append([name, value])
    return _canonical(sorted(fields, key=_canonical))


def _sha256(file: BinaryIO) -> str:
    digest = hashlib.sha256()
    while block := file.read(BLOCK_BYTES):
        digest.update(block)
    file.seek(0)
    return digest.hexdigest()
