"""Deliveries of webhooks: those that were, and those that are due.

Who sends one holds it by a lease for a while. Every change locks the webhook first.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, delete, func, or_, select
from sqlalchemy.orm import Session as Transaction
from sqlalchemy.orm import selectinload

from db import audit, webhooks
from db.models import Delivery, DeliveryStatus, DeliveryTry, User, Webhook
from db.paging import Page, page_of

CHANNEL = "lectern_deliveries"
"""There is something new to send."""


# --- for owners ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class DeliveryFilter:
    status: DeliveryStatus | None = None
    kind: str | None = None
    event_id: str | None = None
    job_id: UUID | None = None
    batch_id: UUID | None = None
    created_after: datetime | None = None
    created_before: datetime | None = None


def add(db: Transaction, webhook: Webhook, event_id: str, kind: str, body: str) -> Delivery:
    """Something to be sent that no job or batch has told."""
    return _added(db, Delivery(webhook_id=webhook.id, event_id=event_id, kind=kind, body=body))


def again(db: Transaction, old: Delivery) -> Delivery:
    """The same event once more, as a delivery of its own."""
    return _added(
        db,
        Delivery(
            webhook_id=old.webhook_id,
            event_id=old.event_id,
            kind=old.kind,
            job_id=old.job_id,
            batch_id=old.batch_id,
            body=old.body,
            redelivery_of=old.redelivery_of or old.id,
        ),
    )


def find(db: Transaction, webhook_id: UUID, delivery_id: UUID) -> Delivery | None:
    """With its tries; None when the webhook has no such delivery."""
    return db.scalar(
        select(Delivery)
        .where(Delivery.id == delivery_id, Delivery.webhook_id == webhook_id)
        .options(selectinload(Delivery.tries))
    )


def page(
    db: Transaction,
    webhook_id: UUID,
    wanted: DeliveryFilter,
    *,
    cursor: UUID | None = None,
    limit: int = 50,
) -> Page[Delivery]:
    """The webhook's deliveries with their tries, newest first."""
    rows = select(Delivery).where(Delivery.webhook_id == webhook_id, *_wanted(wanted))
    with_tries = rows.options(selectinload(Delivery.tries))
    return page_of(db, with_tries, Delivery.id, cursor=cursor, limit=limit)


# --- for senders -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Due:
    """What is to be sent, and under which lease. ``secrets`` are sealed, the newest first."""

    id: UUID
    webhook_id: UUID
    lease: int
    attempts: int
    url: str
    event_id: str
    kind: str
    body: str
    created_at: datetime
    secrets: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of it. ``status`` is that of HTTP; no ``error_code`` means success."""

    milliseconds: int
    status: int | None = None
    answer: str = ""
    error_code: str | None = None
    error_detail: str | None = None


def claim(db: Transaction, seconds: float, at_once: int) -> Due | None:
    """Takes the delivery whose turn it is, for so many seconds; None when none is due.

    At most ``at_once`` go to one webhook at a time, and those to whom fewest are under way come
    first: a receiver that hangs does not hold up the others. What is to be sent for a disabled user
    waits.
    """
    row = db.scalars(_next_due(at_once)).one_or_none()
    webhook = None if row is None else db.get_one(Webhook, row.webhook_id)
    if row is None or webhook is None:
        return None
    row.lease, row.leased_until = row.lease + 1, func.now() + timedelta(seconds=seconds)
    db.flush()
    return Due(
        row.id,
        row.webhook_id,
        row.lease,
        row.attempts,
        webhook.url,
        row.event_id,
        row.kind,
        row.body,
        row.created_at,
        _valid_secrets(db, webhook),
    )


def settle(db: Transaction, due: Due, tried: Tried, pause: timedelta | None) -> Webhook | None:
    """Writes down a try: it got through, is tried again after ``pause``, or has failed for good.

    The webhook, locked; None when the lease is no longer good, and nothing is written.
    """
    webhook = webhooks.lock(db, due.webhook_id)
    row = db.get(Delivery, due.id, with_for_update=True, populate_existing=True)
    if webhook is None or row is None or row.lease != due.lease or row.finished_at is not None:
        return None
    row.attempts, row.leased_until = row.attempts + 1, None
    _note(db, row, tried)
    if tried.error_code is None:
        webhook.failing_since = None
        row.status, row.finished_at = DeliveryStatus.SUCCEEDED, func.now()
    else:
        webhook.failing_since = webhook.failing_since or func.now()
        _put_off(row, tried, pause)
    db.flush()
    return webhook


def has_failed_for(db: Transaction, webhook: Webhook, longest: timedelta) -> bool:
    """Whether nothing has got through since then."""
    failing = select(Webhook.failing_since < func.now() - longest).where(Webhook.id == webhook.id)
    return bool(db.scalar(failing))


def give_up(db: Transaction, webhook: Webhook, reason: str) -> None:
    """Disables a webhook that is locked, and says so in the audit."""
    webhooks.disable(db, webhook, reason)
    audit.write(
        db,
        actor_id=None,
        action="webhook.given_up",
        target=f"webhook:{webhook.id}",
        address="",
        agent="",
        details={"reason": reason},
    )


def forget(db: Transaction, older_than: timedelta) -> int:
    """Deletes the deliveries that ended longer ago; how many it were."""
    gone = db.execute(
        delete(Delivery)
        .where(Delivery.created_at < func.now() - older_than)
        .where(Delivery.status != DeliveryStatus.PENDING)
        .returning(Delivery.id)
        .execution_options(synchronize_session=False)
    )
    return len(gone.all())


def forget_jobs(db: Transaction, ids: Collection[UUID]) -> None:
    """What was sent of these jobs, or is to be sent still: they are no more."""
    db.execute(delete(Delivery).where(Delivery.job_id.in_(list(ids))))


def reseal(db: Transaction, anew: Callable[[str], str | None]) -> int:
    """Replaces the sealed secrets for which ``anew`` has another seal; how many it were."""
    changed = 0
    for webhook in db.scalars(select(Webhook).with_for_update(key_share=True, skip_locked=True)):
        if (secret := anew(webhook.secret)) is not None:
            webhook.secret, changed = secret, changed + 1
        old = webhook.previous_secret
        if old is not None and (previous := anew(old)) is not None:
            webhook.previous_secret, changed = previous, changed + 1
    return changed


def _next_due(at_once: int) -> Select[Delivery]:
    under_way = (
        select(Delivery.webhook_id, func.count().label("number"))
        .where(Delivery.status == DeliveryStatus.PENDING, Delivery.leased_until >= func.now())
        .group_by(Delivery.webhook_id)
        .subquery()
    )
    number = func.coalesce(under_way.c.number, 0)
    return (
        select(Delivery)
        .join(Webhook, Webhook.id == Delivery.webhook_id)
        .outerjoin(under_way, under_way.c.webhook_id == Delivery.webhook_id)
        .where(Delivery.status == DeliveryStatus.PENDING, Delivery.next_at <= func.now())
        .where(or_(Delivery.leased_until.is_(None), Delivery.leased_until < func.now()))
        .join(User, User.id == Webhook.owner_id)
        .where(Webhook.enabled, User.disabled_at.is_(None), number < at_once)
        .order_by(number, Delivery.next_at, Delivery.id)
        .limit(1)
        .with_for_update(of=Delivery, skip_locked=True)
        .execution_options(populate_existing=True)
    )


def _valid_secrets(db: Transaction, webhook: Webhook) -> tuple[str, ...]:
    both = and_(Webhook.id == webhook.id, Webhook.previous_until > func.now())
    previous = db.scalar(select(Webhook.previous_secret).where(both))
    return (webhook.secret,) if previous is None else (webhook.secret, previous)


def _note(db: Transaction, row: Delivery, tried: Tried) -> None:
    db.add(
        DeliveryTry(
            delivery_id=row.id,
            number=row.attempts,
            milliseconds=tried.milliseconds,
            status=tried.status,
            answer=tried.answer,
            error_code=tried.error_code,
            error_detail=tried.error_detail,
        )
    )


def _put_off(row: Delivery, tried: Tried, pause: timedelta | None) -> None:
    if pause is not None:
        row.next_at = func.now() + pause
        return
    row.status, row.finished_at = DeliveryStatus.FAILED, func.now()
    row.error_code, row.error_detail = tried.error_code, tried.error_detail


def _wanted(wanted: DeliveryFilter) -> list[ColumnElement[bool]]:
    exact = {
        Delivery.status: wanted.status,
        Delivery.kind: wanted.kind,
        Delivery.event_id: wanted.event_id,
        Delivery.job_id: wanted.job_id,
        Delivery.batch_id: wanted.batch_id,
    }
    found = [column == value for column, value in exact.items() if value is not None]
    if wanted.created_after is not None:
        found.append(Delivery.created_at > wanted.created_after)
    if wanted.created_before is not None:
        found.append(Delivery.created_at < wanted.created_before)
    return found


def _added(db: Transaction, delivery: Delivery) -> Delivery:
    db.add(delivery)
    db.flush()
    db.refresh(delivery)
    return delivery
