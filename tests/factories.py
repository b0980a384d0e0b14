"""Rows for tests: complete and valid, each different, with what matters given by the test."""

from datetime import UTC, datetime
from itertools import count
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from db.consents import OF_PEOPLE
from db.models import (
    Asset,
    AssetKind,
    AssetStatus,
    Consent,
    Delivery,
    DeliveryStatus,
    Job,
    Statement,
    User,
    Webhook,
)
from db.webhooks import KINDS

_numbers = count(1)


def a_user(session: Session, **given: Any) -> User:
    number = next(_numbers)
    standard = {
        "email": f"person{number}@example.org",
        "username": f"person{number}",
        "password_hash": "no password opens this",
    }
    return _added(session, User(**(standard | given)))


def an_asset(session: Session, owner: User, **given: Any) -> Asset:
    """A portrait of somebody who does not exist, ready to use; its file is not in the storage.

    ``consented=False`` leaves out the consent.
    """
    identity, consented = uuid4(), given.pop("consented", True)
    standard = {
        "id": identity,
        "owner_id": owner.id,
        "kind": AssetKind.PORTRAIT,
        "status": AssetStatus.READY,
        "name": "portrait.png",
        "content_type": "image/png",
        "bytes": 1000,
        "sha256": "0" * 64,
        "storage_key": f"users/{owner.id}/assets/{identity}/file",
    }
    asset = _added(session, Asset(**(standard | given)))
    if consented and asset.kind in OF_PEOPLE:
        a_consent(session, asset)
    return asset


def a_consent(session: Session, asset: Asset, **given: Any) -> Consent:
    standard = {
        "asset_id": asset.id,
        "statement": Statement.INVENTED,
        "person": "Nobody in particular",
        "scope": "Tests",
    }
    consent = _added(session, Consent(**(standard | given)))
    session.expire(asset, ["consents"])
    return consent


def a_spec(portrait_id: UUID, **given: Any) -> dict[str, Any]:
    """A lesson of two scenes, as JSON."""
    standard = {
        "title": "How rain is made",
        "scenes": [{"narration": "Warm air rises."}, {"narration": "Cold air lets go of water."}],
        "portrait_id": str(portrait_id),
    }
    return standard | given


def a_job(session: Session, owner: User, **given: Any) -> Job:
    """A queued job, with a spec but no steps, scenes or events."""
    standard = {
        "owner_id": owner.id,
        "title": "How rain is made",
        "spec": a_spec(uuid4()),
    }
    return _added(session, Job(**(standard | given)))


def a_webhook(session: Session, owner: User, **given: Any) -> Webhook:
    """An enabled one for everything; its secret cannot be opened."""
    standard = {
        "owner_id": owner.id,
        "url": "https://hooks.example.com/lectern",
        "description": "",
        "kinds": list(KINDS),
        "secret": "not sealed",
    }
    return _added(session, Webhook(**(standard | given)))


def a_delivery(session: Session, webhook: Webhook, **given: Any) -> Delivery:
    """One that got through."""
    standard = {
        "webhook_id": webhook.id,
        "event_id": str(uuid4()),
        "kind": "job.succeeded",
        "body": "{}",
        "status": DeliveryStatus.SUCCEEDED,
        "finished_at": datetime.now(UTC),
    }
    return _added(session, Delivery(**(standard | given)))


def _added(session: Session, row: Any) -> Any:
    session.add(row)
    session.flush()
    return row
