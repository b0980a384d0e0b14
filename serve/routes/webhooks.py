"""Webhooks: who is told when something has ended."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response, status

from db import deliveries, webhooks
from db.deliveries import DeliveryFilter
from db.models import Delivery, DeliveryStatus, Webhook
from db.webhooks import WebhookFilter
from serve.deps import (
    Audit,
    OwnWebhook,
    Paging,
    StudioParts,
    Transaction,
    WebhookReader,
    WebhookWriter,
)
from serve.errors import DeliveryNotFound, WebhookNotFound
from serve.idempotency import CREATES
from serve.limits import StrictRoute
from serve.schemas import (
    DeliveryPage,
    DeliveryRead,
    DeliveryWhole,
    Moment,
    Search,
    SecretChange,
    WebhookAsk,
    WebhookChange,
    WebhookMade,
    WebhookPage,
    WebhookRead,
)
from serve.schemas.webhooks import DeliveryKind, WebhookKind
from serve.webhook_secrets import WebhookSecrets, new_secret
from serve.webhooks import (
    change_secret,
    change_webhook,
    delivery_read,
    delivery_whole,
    host_of,
    make_webhook,
    ping,
    webhook_read,
)
from serve.webhooks import redeliver as deliver_again

router = APIRouter(prefix="/api/webhooks", tags=["webhooks"], route_class=StrictRoute)


def locked_webhook(user: WebhookWriter, webhook: OwnWebhook, db: Transaction) -> Webhook:  # noqa: ARG001
    """One's webhook, which nobody else changes until the request is done."""
    locked = webhooks.lock(db, webhook.id)
    if locked is None:
        raise WebhookNotFound
    return locked


def own_delivery(delivery_id: UUID, webhook: OwnWebhook, db: Transaction) -> Delivery:
    delivery = deliveries.find(db, webhook.id, delivery_id)
    if delivery is None:
        raise DeliveryNotFound
    return delivery


LockedWebhook = Annotated[Webhook, Depends(locked_webhook)]
OwnDelivery = Annotated[Delivery, Depends(own_delivery)]


def webhook_secrets(studio: StudioParts) -> WebhookSecrets:
    return WebhookSecrets(studio.tokens.secrets)


Secrets = Annotated[WebhookSecrets, Depends(webhook_secrets)]


@router.post("", status_code=status.HTTP_201_CREATED, dependencies=[CREATES])
def create_webhook(
    ask: WebhookAsk,
    user: WebhookWriter,
    db: Transaction,
    studio: StudioParts,
    secrets: Secrets,
    record: Audit,
    response: Response,
) -> WebhookMade:
    """Makes a webhook. This is the only time its secret is shown."""
    secret = new_secret()
    made = make_webhook(db, user, ask, secrets.seal(secret), studio.outbound)
    record("webhook.created", f"webhook:{made.id}", host=host_of(made), kinds=made.kinds)
    response.headers["Location"] = f"/api/webhooks/{made.id}"
    return _with_secret(made, secret)


@router.get("")
def list_webhooks(
    user: WebhookReader,
    db: Transaction,
    paging: Paging,
    enabled: bool | None = None,
    kind: WebhookKind | None = None,
    q: Annotated[Search | None, Query(description="Part of the address or description.")] = None,
) -> WebhookPage:
    """Own webhooks, newest first."""
    wanted = WebhookFilter(enabled, kind, q)
    page = webhooks.page(db, user.id, wanted, cursor=paging.cursor, limit=paging.limit)
    items = [webhook_read(each) for each in page.items]
    return WebhookPage(items=items, next_cursor=page.next_cursor, total=page.total)


@router.get("/{webhook_id}")
def read_webhook(webhook: OwnWebhook) -> WebhookRead:
    """One webhook; its secret is not shown again."""
    return webhook_read(webhook)


@router.patch("/{webhook_id}")
def update_webhook(
    change: WebhookChange,
    webhook: LockedWebhook,
    db: Transaction,
    studio: StudioParts,
    record: Audit,
) -> WebhookRead:
    """Changes address, kinds or description; disables it, or enables it again."""
    changed = change_webhook(db, webhook, change, studio.outbound)
    told = change.model_dump(exclude_none=True, include={"kinds", "enabled"})
    record("webhook.changed", f"webhook:{changed.id}", host=host_of(changed), **told)
    return webhook_read(changed)


@router.delete("/{webhook_id}", status_code=status.HTTP_204_NO_CONTENT)
def delete_webhook(webhook: LockedWebhook, db: Transaction, record: Audit) -> None:
    """Deletes a webhook with its deliveries; what is still to be sent is not sent."""
    webhooks.delete(db, webhook)
    record("webhook.deleted", f"webhook:{webhook.id}", host=host_of(webhook))


@router.post("/{webhook_id}/rotate", dependencies=[CREATES])
def rotate_secret(
    change: SecretChange,
    webhook: LockedWebhook,
    db: Transaction,
    secrets: Secrets,
    record: Audit,
) -> WebhookMade:
    """Makes a new secret, and shows it this once. The old one signs too for a while."""
    secret = new_secret()
    changed = change_secret(db, webhook, secrets.seal(secret), change.overlap_hours)
    record("webhook.secret_changed", f"webhook:{changed.id}", overlap_hours=change.overlap_hours)
    return _with_secret(changed, secret)


@router.post("/{webhook_id}/test", status_code=status.HTTP_202_ACCEPTED, dependencies=[CREATES])
def test_webhook(webhook: LockedWebhook, db: Transaction) -> DeliveryRead:
    """Sends a `ping`, like any other event. Read the delivery to see what came of it."""
    return delivery_read(ping(db, webhook))


@router.get("/{webhook_id}/deliveries")
def list_deliveries(
    webhook: OwnWebhook,
    db: Transaction,
    paging: Paging,
    status: DeliveryStatus | None = None,
    kind: DeliveryKind | None = None,
    event_id: Search | None = None,
    job_id: UUID | None = None,
    batch_id: UUID | None = None,
    created_after: Moment | None = None,
    created_before: Moment | None = None,
) -> DeliveryPage:
    """What was sent and is to be sent, with every try, newest first. Kept for 30 days."""
    wanted = DeliveryFilter(status, kind, event_id, job_id, batch_id, created_after, created_before)
    page = deliveries.page(db, webhook.id, wanted, cursor=paging.cursor, limit=paging.limit)
    items = [delivery_read(each) for each in page.items]
    return DeliveryPage(items=items, next_cursor=page.next_cursor, total=page.total)


@router.get("/{webhook_id}/deliveries/{delivery_id}")
def read_delivery(delivery: OwnDelivery) -> DeliveryWhole:
    """One delivery, with what is sent."""
    return delivery_whole(delivery)


@router.post(
    "/{webhook_id}/deliveries/{delivery_id}/redeliver",
    status_code=status.HTTP_202_ACCEPTED,
    dependencies=[CREATES],
)
def redeliver(webhook: LockedWebhook, delivery: OwnDelivery, db: Transaction) -> DeliveryRead:
    """Sends the same event once more, as a new delivery."""
    return delivery_read(deliver_again(db, webhook, delivery))


def _with_secret(webhook: Webhook, secret: str) -> WebhookMade:
    return WebhookMade.model_validate(
        {**webhook_read(webhook).model_dump(), "previous_until": webhook.previous_until}
        | {"secret": secret}
    )
