"""What owners do with their webhooks."""

import json
from datetime import UTC, datetime, timedelta

import httpx
from sqlalchemy.orm import Session as Transaction
from uuid_utils.compat import uuid7

from db import deliveries, webhooks
from db.models import Delivery, DeliveryStatus, User, Webhook
from pipeline.errors import AddressRefused
from pipeline.outbound_rules import OutboundRules, check_url
from serve.errors import (
    DeliveryUnderWay,
    FieldError,
    RequestInvalid,
    TooManyWebhooks,
    WebhookDisabled,
)
from serve.schemas import DeliveryRead, DeliveryWhole, WebhookAsk, WebhookChange, WebhookRead

MOST_WEBHOOKS = 20
PING = "ping"


def make_webhook(
    db: Transaction, user: User, ask: WebhookAsk, sealed: str, rules: OutboundRules
) -> Webhook:
    """Raises RequestInvalid and TooManyWebhooks."""
    if webhooks.count(db, user.id) >= MOST_WEBHOOKS:
        raise TooManyWebhooks(MOST_WEBHOOKS)
    webhook = webhooks.add(
        db,
        user.id,
        url=_checked(ask.url, rules),
        description=ask.description,
        kinds=ask.kinds,
        secret=sealed,
    )
    if not ask.enabled:
        webhooks.disable(db, webhook)
    db.refresh(webhook)
    return webhook


def change_webhook(
    db: Transaction, webhook: Webhook, change: WebhookChange, rules: OutboundRules
) -> Webhook:
    """Raises RequestInvalid. The webhook must be locked."""
    if change.url is not None and change.url != webhook.url:
        # another receiver, whose failures are not this one's
        webhook.url, webhook.failing_since = _checked(change.url, rules), None
    if change.kinds is not None:
        webhook.kinds = list(change.kinds)
    if change.description is not None:
        webhook.description = change.description
    if change.enabled is not None and change.enabled != webhook.enabled:
        webhooks.enable(webhook) if change.enabled else webhooks.disable(db, webhook)
    db.flush()
    db.refresh(webhook)
    return webhook


def change_secret(db: Transaction, webhook: Webhook, sealed: str, overlap_hours: float) -> Webhook:
    webhooks.rotate(webhook, sealed, timedelta(hours=overlap_hours))
    db.flush()
    db.refresh(webhook)
    return webhook


def ping(db: Transaction, webhook: Webhook) -> Delivery:
    """Raises WebhookDisabled."""
    _check_enabled(webhook)
    event_id = str(uuid7())
    told = {
        "id": event_id,
        "kind": PING,
        "created_at": datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z"),
        "webhook": {"id": str(webhook.id), "kinds": webhook.kinds},
    }
    return deliveries.add(db, webhook, event_id, PING, json.dumps(told))


def redeliver(db: Transaction, webhook: Webhook, delivery: Delivery) -> Delivery:
    """Raises WebhookDisabled and DeliveryUnderWay."""
    _check_enabled(webhook)
    if delivery.status is DeliveryStatus.PENDING:
        raise DeliveryUnderWay
    return deliveries.again(db, delivery)


def host_of(webhook: Webhook) -> str:
    """What may be told of its address elsewhere: the rest of it may be as good as a password."""
    return httpx.URL(webhook.url).host


def webhook_read(webhook: Webhook) -> WebhookRead:
    """A secret that signs no more is not spoken of."""
    read = WebhookRead.model_validate(webhook)
    until = read.previous_secret_until
    over = until is not None and until <= datetime.now(UTC)
    return read.model_copy(update={"previous_secret_until": None}) if over else read


def delivery_read(delivery: Delivery) -> DeliveryRead:
    return _next_only_while_pending(DeliveryRead.model_validate(delivery))


def delivery_whole(delivery: Delivery) -> DeliveryWhole:
    whole = DeliveryWhole.model_validate(delivery)
    return DeliveryWhole(**_next_only_while_pending(whole).model_dump())


def _next_only_while_pending(read: DeliveryRead) -> DeliveryRead:
    if read.status is DeliveryStatus.PENDING:
        return read
    return read.model_copy(update={"next_at": None})


def _checked(url: str, rules: OutboundRules) -> str:
    """The address in the form that is used: its name in ASCII, nothing encoded twice."""
    try:
        return str(check_url(url, rules))
    except AddressRefused as refused:
        raise RequestInvalid(FieldError("url", refused.code, str(refused))) from refused


def _check_enabled(webhook: Webhook) -> None:
    if not webhook.enabled:
        raise WebhookDisabled
