"""How often one may ask: so many requests a minute of each kind, counted over all replicas.

Each replica takes tokens out of the shared bucket a purseful at a time, and spends them without
asking the database. Nobody gets more than the bucket holds and refills; who changes between
replicas may be refused up to one purse a replica early: a twentieth of the minute's requests.
"""

import asyncio
import time
from collections import OrderedDict
from dataclasses import dataclass, field
from enum import StrEnum
from math import ceil

from anyio.to_thread import run_sync
from fastapi import Depends, Request
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from db import rates
from db.rates import Bucket
from db.session import Database
from serve.errors import RateExceeded

MINUTE = 60.0
PURSES_A_BUCKET = 20
PURSE_SECONDS = 10.0
"""For how long taken tokens are good: they must not pile up beside a bucket that fills again."""
MOST_PURSES = 10_000


class Kind(StrEnum):
    READ = "read"
    WRITE = "write"
    CREATE = "create"
    ANONYMOUS = "anonymous"


@dataclass(frozen=True, slots=True)
class Rates:
    """Requests a minute; 0 means as many as there are. ``anonymous`` counts by address."""

    read: int = 3000
    write: int = 600
    create: int = 300
    anonymous: int = 300

    def bucket(self, kind: Kind) -> Bucket | None:
        size: int = getattr(self, kind.value)
        return Bucket(size, MINUTE) if size else None


@dataclass(frozen=True, slots=True)
class Standing:
    """What is left of a bucket; ``wait_seconds`` until the next request, which is refused now."""

    kind: Kind
    bucket: Bucket
    left: int
    wait_seconds: float = 0.0

    @property
    def headers(self) -> dict[str, str]:
        """As draft-ietf-httpapi-ratelimit-headers-10 names them."""
        reset_seconds = ceil((self.bucket.size - self.left) / self.bucket.tokens_a_second)
        return {
            "RateLimit-Policy": f'"{self.kind}";q={self.bucket.size};w={self.bucket.seconds:.0f}',
            "RateLimit": f'"{self.kind}";r={self.left};t={reset_seconds}',
        }


@dataclass(slots=True)
class Purse:
    """Tokens in hand, and how many there were in the bucket when they were taken."""

    tokens: int = 0
    in_bucket: float = 0.0
    taken_at: float = -PURSE_SECONDS
    empty_until: float = 0.0
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    def spend(self, now: float) -> bool:
        if self.tokens == 0 or now - self.taken_at >= PURSE_SECONDS:
            return False
        self.tokens -= 1
        return True

    def standing(self, kind: Kind, bucket: Bucket) -> Standing:
        return Standing(kind, bucket, self.tokens + int(self.in_bucket))

    def fill(self, taken: rates.Taken, bucket: Bucket, now: float) -> None:
        self.tokens, self.in_bucket, self.taken_at = taken.granted, taken.left, now
        if taken.granted == 0:
            self.empty_until = now + (1.0 - taken.left) / bucket.tokens_a_second


class Meter:
    """Counts the requests of one replica."""

    def __init__(self, database: Database, rates_: Rates) -> None:
        self._database, self._rates = database, rates_
        self._purses: OrderedDict[tuple[str, Kind], Purse] = OrderedDict()

    async def charge(self, subject: str, kind: Kind) -> Standing | None:
        """How it stands after one request more; None where nothing is counted."""
        bucket = self._rates.bucket(kind)
        if bucket is None:
            return None
        purse = self._purse(subject, kind)
        async with purse.lock:
            if purse.spend(time.monotonic()):
                return purse.standing(kind, bucket)
            await self._fill(purse, subject, kind, bucket)
            if purse.spend(time.monotonic()):
                return purse.standing(kind, bucket)
        wait_seconds = max(1.0, purse.empty_until - time.monotonic())
        return Standing(kind, bucket, 0, wait_seconds)

    async def _fill(self, purse: Purse, subject: str, kind: Kind, bucket: Bucket) -> None:
        """While the bucket is known to be empty, the database is left alone."""
        if time.monotonic() < purse.empty_until:
            return
        wanted = max(1, bucket.size // PURSES_A_BUCKET)
        taken = await run_sync(self._take, subject, kind, bucket, wanted)
        purse.fill(taken, bucket, time.monotonic())

    def _take(self, subject: str, kind: Kind, bucket: Bucket, wanted: int) -> rates.Taken:
        with self._database.transaction() as db:
            return rates.take(db, subject, kind.value, bucket, wanted)

    def _purse(self, subject: str, kind: Kind) -> Purse:
        """The one that was used longest ago makes room: its tokens are lost to their owner."""
        purse = self._purses.get((subject, kind))
        if purse is None:
            purse = self._purses[subject, kind] = Purse()
        self._purses.move_to_end((subject, kind))
        if len(self._purses) > MOST_PURSES:
            self._purses.popitem(last=False)
        return purse


async def count(request: Request, meter: Meter, subject: str, kind: Kind) -> None:
    """Counts a request, and has its answer say how things stand. Raises RateExceeded."""
    standing = await meter.charge(subject, kind)
    request.state.rate = standing
    if standing is not None and standing.wait_seconds > 0:
        raise RateExceeded(standing.wait_seconds)


def costly() -> None:
    """Marks a route that costs far more than a row: see ``COSTLY``."""


COSTLY = Depends(costly)
"""``dependencies=[COSTLY]`` counts a request as creating one."""


def unmetered() -> None:
    """Marks a route that anyone may call as often as they like: see ``UNMETERED``."""


UNMETERED = Depends(unmetered)


class RateHeaders:
    """Tells every answer's reader what is left, where it was counted."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def told(message: Message) -> None:
            if message["type"] == "http.response.start":
                standing: Standing | None = scope.get("state", {}).get("rate")
                if standing is not None:
                    MutableHeaders(scope=message).update(standing.headers)
            await send(message)

        await self._app(scope, receive, told)


def sweep(database: Database) -> int:
    """Forgets full buckets; how many it were."""
    with database.transaction() as db:
        return rates.sweep(db, 2 * MINUTE)
