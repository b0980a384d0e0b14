"""Webhooks with an owner, and senders to post what they are told."""

import asyncio
import hashlib
import hmac
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta
from ipaddress import ip_network
from typing import Any
from uuid import UUID, uuid4

from db import deliveries, jobs
from db.models import Delivery, DeliveryStatus, JobStatus, User, Webhook
from db.session import Database
from pipeline.deliveries import Sender, SenderTiming
from pipeline.delivery_schedule import Schedule
from pipeline.outbound import Outbound, OutboundLimits
from pipeline.outbound_rules import OutboundRules
from serve.webhook_secrets import WebhookSecrets, new_secret
from tests.factories import a_spec, a_user, a_webhook
from tests.fakes.studio import until

SECRETS = WebhookSecrets(("a secret that only the tests know, 32 bytes",))
LOOPBACK = OutboundRules(http=True, networks=(ip_network("127.0.0.0/8"),))
QUICK = SenderTiming(lease_seconds=600, poll_seconds=0.1, patience_seconds=240)
AT_ONCE = Schedule(pauses_seconds=(0.0,) * 7)
GENEROUS = OutboundLimits(seconds=300)


class Hooked:
    """An owner with webhooks. Each ``sender`` is another one over the same outbox."""

    def __init__(self, database: Database) -> None:
        self.database = database
        with database.transaction() as session:
            self.owner_id = a_user(session).id

    def webhook(self, url: str, **given: Any) -> tuple[UUID, str]:
        """Its id and its secret."""
        secret = new_secret()
        with self.database.transaction() as session:
            owner = session.get_one(User, self.owner_id)
            given = {"secret": SECRETS.seal(secret), "url": url} | given
            return a_webhook(session, owner, **given).id, secret

    def job(self, **given: Any) -> UUID:
        with self.database.transaction() as session:
            return jobs.create(session, self.owner_id, a_spec(uuid4(), **given)).id

    def ended(self, status: JobStatus = JobStatus.SUCCEEDED, **given: Any) -> UUID:
        """A job that ends at once, as a worker ends it."""
        job_id = self.job(**given)
        told: dict[str, Any] = {"seconds": 12.5, "exports": ["lesson.mp4"]}
        if status is JobStatus.FAILED:
            told = {"step": "speech", "code": "no", "detail": "No.", "advice": "Try “again”."}
        if status is JobStatus.CANCELLED:
            told = {}
        with self.database.transaction() as session:
            job = jobs.lock(session, job_id)
            assert job is not None
            jobs.end(session, job, status, **told)
        return job_id

    def sender(self, *, limits: OutboundLimits = GENEROUS, **given: Any) -> Sender:
        standard: dict[str, Any] = {"schedule": AT_ONCE, "timing": QUICK}
        outbound = given.pop("outbound", Outbound(LOOPBACK, limits))
        secrets = given.pop("secrets", SECRETS)
        database = given.pop("database", self.database)
        return Sender(database, outbound, secrets, **(standard | given))

    def deliveries(self, webhook_id: UUID) -> list[Delivery]:
        """With their tries, oldest first."""
        with self.database.transaction() as session:
            found = deliveries.page(session, webhook_id, deliveries.DeliveryFilter(), limit=1000)
            return found.items[::-1]

    def read(self, webhook_id: UUID) -> Webhook:
        with self.database.transaction() as session:
            return session.get_one(Webhook, webhook_id)

    async def settled(self, webhook_id: UUID, number: int = 1) -> list[Delivery]:
        """The webhook's deliveries, once so many of them have ended."""

        def look() -> list[Delivery] | None:
            found = self.deliveries(webhook_id)
            over = [each for each in found if each.status is not DeliveryStatus.PENDING]
            return found if len(over) >= number else None

        return await until(look)

    async def tried(self, webhook_id: UUID, times: int = 1) -> Delivery:
        """The webhook's only delivery, once it was tried so often."""

        def look() -> Delivery | None:
            (found,) = self.deliveries(webhook_id)
            return found if found.attempts >= times else None

        return await until(look)

    def shift(self, webhook_id: UUID, **columns: timedelta) -> None:
        """As if time had passed for these times of the webhook's or its deliveries'."""
        with self.database.transaction() as session:
            for row in (
                session.get_one(Webhook, webhook_id),
                *session.query(Delivery).filter_by(webhook_id=webhook_id),
            ):
                for name, by in columns.items():
                    at: datetime | None = getattr(row, name, None)
                    if at is not None:
                        setattr(row, name, at - by)


@asynccontextmanager
async def sending(*senders: Sender) -> AsyncIterator[None]:
    """The senders at work; at the end they are dropped, as when their process dies."""
    tasks = [asyncio.create_task(sender.run()) for sender in senders]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        for task in tasks:
            with suppress(asyncio.CancelledError):
                await task


def is_signed(header: str, body: bytes, secret: str) -> bool:
    """By the recipe, once more and on its own."""
    parts = [part.split("=", 1) for part in header.split(",")]
    (time,) = [value for name, value in parts if name == "t"]
    wanted = hmac.new(secret.encode(), f"{time}.".encode() + body, hashlib.sha256).hexdigest()
    return wanted in [value for name, value in parts if name == "v1"]
