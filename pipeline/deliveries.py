"""Sends what the outbox of webhooks holds: at least once, in no promised order.

A delivery is leased, posted, and what came of it written down. A sender that dies in between has
perhaps posted it: when its lease has run out, another one posts it again. Receivers tell by the
event's id.
"""

import asyncio
import hashlib
import hmac
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import monotonic, time
from typing import Protocol

from sqlalchemy.orm import Session

from db import deliveries
from db.deliveries import Due, Tried
from db.models import Webhook
from db.session import Database
from pipeline.delivery_schedule import Schedule
from pipeline.errors import (
    OutboundError,
    ReceiverGone,
    ReceiverRefused,
    RedirectRefused,
    SecretUnreadable,
)
from pipeline.outbound import Answer, Outbound
from pipeline.record import OUTAGE_PAUSE_SECONDS, OUTAGES
from pipeline.work_loop import WorkLoop

SHOWN_BYTES = 512
"""Of an answer, in the log of tries."""
AGENT = "Lectern-Webhooks/1"
log = logging.getLogger(__name__)


class Secrets(Protocol):
    """What signs, sealed and opened."""

    def open(self, sealed: str, /) -> str:
        """Raises SecretUnreadable."""

    def anew(self, sealed: str, /) -> str | None:
        """Sealed with the newest key; None where it is already, or cannot be opened."""


@dataclass(frozen=True, slots=True)
class SenderTiming:
    """The lease outlasts the longest try, and the writing down of it."""

    lease_seconds: float = 30.0
    poll_seconds: float = 2.0
    patience_seconds: float = 15.0
    housekeeping_seconds: float = 3600.0


class Sender:
    """Posts up to ``at_once`` deliveries side by side, ``at_once_each`` of them to one webhook.

    Any number of senders share one database.
    """

    def __init__(
        self,
        database: Database,
        outbound: Outbound,
        secrets: Secrets,
        *,
        at_once: int = 16,
        at_once_each: int = 4,
        schedule: Schedule = Schedule(),
        timing: SenderTiming = SenderTiming(),
    ) -> None:
        self._database, self._outbound, self._secrets = database, outbound, secrets
        self._at_once_each, self._schedule, self._timing = at_once_each, schedule, timing
        self._housekeeping_at = monotonic()
        self._loop = WorkLoop(self._take, self._listen, at_once)

    @property
    def alive(self) -> bool:
        """Whether ``run`` is still sending, or waiting for something to send."""
        return self._loop.alive

    async def run(self) -> None:
        """Sends what is due until ``drain``. Who cancels it drops what is under way."""
        try:
            await self._loop.run()
        finally:
            self._outbound.close()

    async def drain(self) -> None:
        """Begins nothing more, and waits for what is under way: that is bounded."""
        self._loop.leave()
        await self._loop.ended()

    async def _take(self) -> asyncio.Task[None] | None:
        if monotonic() >= self._housekeeping_at:
            await asyncio.to_thread(self._keep_house)
            self._housekeeping_at = monotonic() + self._timing.housekeeping_seconds
        due = await asyncio.to_thread(self._claim)
        if due is None:
            return None
        return asyncio.create_task(self._deliver(due), name=f"delivery {due.id}")

    def _keep_house(self) -> None:
        with self._database.transaction() as session:
            deliveries.forget(session, self._schedule.kept)
            deliveries.reseal(session, self._secrets.anew)

    def _claim(self) -> Due | None:
        with self._database.transaction() as session:
            return deliveries.claim(session, self._timing.lease_seconds, self._at_once_each)

    async def _deliver(self, due: Due) -> None:
        """Tries once, and writes down what came of it."""
        began = monotonic()
        answer, error = None, None
        try:
            answer = await self._post(due)
            error = judged(answer)
        except OutboundError as failure:
            error = failure
        tried = _tried(monotonic() - began, answer, error)
        await self._write(due, tried, answer, error)

    async def _post(self, due: Due) -> Answer:
        body = due.body.encode()
        signature = sign(self._open(due.secrets), body, int(time()))
        headers = {
            "Content-Type": "application/json",
            "User-Agent": AGENT,
            "Lectern-Event": due.kind,
            "Lectern-Event-Id": due.event_id,
            "Lectern-Delivery-Id": str(due.id),
            "Lectern-Signature": signature,
        }
        return await self._outbound.post(due.url, body, headers)

    def _open(self, sealed: Sequence[str]) -> list[str]:
        """The newest must open; the one before it is left out where it does not."""
        newest, *older = sealed
        opened = [self._secrets.open(newest)]
        for each in older:
            try:
                opened.append(self._secrets.open(each))
            except SecretUnreadable as error:
                log.warning("signed without the previous secret: %s", error)
        return opened

    async def _write(
        self, due: Due, tried: Tried, answer: Answer | None, error: OutboundError | None
    ) -> None:
        """Waits out a short outage. Else the lease runs out, and it is sent again."""
        deadline = monotonic() + self._timing.patience_seconds
        while True:
            try:
                return await asyncio.to_thread(self._settle, due, tried, answer, error)
            except OUTAGES as outage:
                if monotonic() > deadline:
                    log.warning("delivery %s will be sent again: %s", due.id, outage)
                    return None
            await asyncio.sleep(OUTAGE_PAUSE_SECONDS)

    def _settle(
        self, due: Due, tried: Tried, answer: Answer | None, error: OutboundError | None
    ) -> None:
        pause = None
        if error is not None and error.retryable:
            asked = None if answer is None else answer.retry_seconds
            pause = self._schedule.pause(due.attempts + 1, asked)
        with self._database.transaction() as session:
            webhook = deliveries.settle(session, due, tried, pause)
            if webhook is not None and error is not None and webhook.enabled:
                self._perhaps_give_up(session, webhook, error)

    def _perhaps_give_up(self, session: Session, webhook: Webhook, error: OutboundError) -> None:
        longest = self._schedule.give_up_after
        if isinstance(error, ReceiverGone):
            deliveries.give_up(session, webhook, str(error))
        elif deliveries.has_failed_for(session, webhook, longest):
            told = f"Nothing has got through for {longest.days} days; at last: {error}"
            deliveries.give_up(session, webhook, told)

    async def _listen(self, wake: Callable[[], None]) -> None:
        """Wakes the loop when there is something new, and when it is time to look anyway."""
        listener = self._database.listen([deliveries.CHANNEL])
        try:
            while True:
                await listener.wait(self._timing.poll_seconds)
                wake()
        finally:
            listener.close()


def sign(secrets: Sequence[str], body: bytes, seconds: int) -> str:
    """``t=…,v1=…``, a signature for each secret: HMAC-SHA256 of time, a dot and the body."""
    signed = str(seconds).encode() + b"." + body
    made = (hmac.new(each.encode(), signed, hashlib.sha256).hexdigest() for each in secrets)
    return ",".join([f"t={seconds}", *(f"v1={each}" for each in made)])


def judged(answer: Answer) -> OutboundError | None:
    """What is wrong with an answer; None where it says that all is well."""
    if 200 <= answer.status < 300:
        return None
    if answer.status == 410:
        return ReceiverGone()
    refused = RedirectRefused if 300 <= answer.status < 400 else ReceiverRefused
    return refused(answer.status)


def _tried(seconds: float, answer: Answer | None, error: OutboundError | None) -> Tried:
    return Tried(
        milliseconds=round(seconds * 1000),
        status=None if answer is None else answer.status,
        answer="" if answer is None else _shown(answer.body[:SHOWN_BYTES]),
        error_code=None if error is None else error.code,
        error_detail=None if error is None else _shown(str(error).encode()),
    )


def _shown(told: bytes) -> str:
    """As text, without what a database cannot hold."""
    return told.decode("utf-8", "replace").replace("\0", "\ufffd")
