"""Webhooks: what their owners do with them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import Select, any_, func, literal, or_, select, update
from sqlalchemy.orm import Session as Transaction

from db.models import Delivery, DeliveryStatus, User, Webhook
from db.paging import Page, page_of

KINDS = ("job.succeeded", "job.failed", "job.cancelled", "batch.finished")
STOPPED = "webhook_disabled"
"""The error of a delivery whose webhook was disabled before it got through."""


@dataclass(frozen=True, slots=True)
class WebhookFilter:
    """What a list is narrowed to; ``q`` is looked for in addresses and descriptions."""

    enabled: bool | None = None
    kind: str | None = None
    q: str | None = None


def add(
    db: Transaction,
    owner_id: UUID,
    *,
    url: str,
    description: str,
    kinds: Sequence[str],
    secret: str,
) -> Webhook:
    """An enabled webhook; ``secret`` is sealed already."""
    webhook = Webhook(
        owner_id=owner_id, url=url, description=description, kinds=list(kinds), secret=secret
    )
    db.add(webhook)
    db.flush()
    return webhook


def count(db: Transaction, owner_id: UUID) -> int:
    """How many the owner has; the owner is locked until the transaction ends."""
    db.execute(select(User.id).where(User.id == owner_id).with_for_update(key_share=True))
    of_owner = select(func.count()).select_from(Webhook).where(Webhook.owner_id == owner_id)
    return db.scalar(of_owner) or 0


def find(db: Transaction, owner_id: UUID, webhook_id: UUID) -> Webhook | None:
    """None when there is none of theirs."""
    return db.scalar(select(Webhook).where(Webhook.id == webhook_id, Webhook.owner_id == owner_id))


def those_of(db: Transaction, owner_id: UUID, ids: Collection[UUID]) -> set[UUID]:
    """Which of these are the owner's."""
    found = select(Webhook.id).where(Webhook.owner_id == owner_id, Webhook.id.in_(ids))
    return set(db.scalars(found)) if ids else set()


def lock(db: Transaction, webhook_id: UUID) -> Webhook | None:
    """The webhook as it is now, locked. Always before its deliveries are."""
    return db.get(Webhook, webhook_id, with_for_update={"key_share": True}, populate_existing=True)


def page(
    db: Transaction,
    owner_id: UUID,
    wanted: WebhookFilter,
    *,
    cursor: UUID | None = None,
    limit: int = 50,
) -> Page[Webhook]:
    """The owner's webhooks, newest first."""
    rows = _filtered(select(Webhook).where(Webhook.owner_id == owner_id), wanted)
    return page_of(db, rows, Webhook.id, cursor=cursor, limit=limit)


def enable(webhook: Webhook) -> None:
    """What happened while it was disabled is not made up for."""
    webhook.enabled = True
    webhook.disabled_at = webhook.disabled_reason = webhook.failing_since = None


def disable(db: Transaction, webhook: Webhook, reason: str | None = None) -> None:
    """Ends what is still to be sent; ``reason`` where it was not the owner's wish.

    The webhook must be locked.
    """
    webhook.enabled, webhook.disabled_reason = False, reason
    webhook.disabled_at = func.now()
    db.flush()
    db.execute(
        update(Delivery)
        .where(Delivery.webhook_id == webhook.id, Delivery.status == DeliveryStatus.PENDING)
        .values(
            status=DeliveryStatus.FAILED,
            finished_at=func.now(),
            leased_until=None,
            error_code=STOPPED,
            error_detail="The webhook was disabled.",
        )
        .execution_options(synchronize_session=False)
    )


def rotate(webhook: Webhook, secret: str, keep: timedelta) -> None:
    """A new sealed secret; the one before it signs too, for as long as ``keep``."""
    webhook.previous_secret = webhook.secret if keep else None
    webhook.previous_until = func.now() + keep if keep else None
    webhook.secret = secret


def delete(db: Transaction, webhook: Webhook) -> None:
    """With its deliveries, those under way too."""
    db.delete(webhook)
    db.flush()


def _filtered(rows: Select[Webhook], wanted: WebhookFilter) -> Select[Webhook]:
    if wanted.enabled is not None:
        rows = rows.where(Webhook.enabled == wanted.enabled)
    if wanted.kind is not None:
        rows = rows.where(literal(wanted.kind) == any_(Webhook.kinds))
    if wanted.q:
        near = Webhook.url.icontains(wanted.q, autoescape=True)
        rows = rows.where(or_(near, Webhook.description.icontains(wanted.q, autoescape=True)))
    return rows
