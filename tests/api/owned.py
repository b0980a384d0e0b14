"""What a path of the interface may name: how to make one of Ada's, and how she signs in.

Whoever adds a route whose path names something new adds a line to ``OWNED``.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session as Transaction

from db import batches, drafts, embeds, keys, users
from db.models import AssetKind, Export, User, Webhook
from serve.security import hash_password, new_api_key, token_hash
from tests.api.conftest import CHEAP, TOKENS
from tests.factories import a_consent, a_delivery, a_job, a_spec, a_webhook, an_asset

PASSWORD = "a quiet river at noon"
Made = dict[str, str]
OWNED: dict[str, Callable[[Transaction, User], str]] = {
    "job_id": lambda db, ada: str(_job(db, ada)),
    "asset_id": lambda db, ada: str(an_asset(db, ada).id),
    "session_id": lambda db, ada: str(a_session(db, ada).id),
    "webhook_id": lambda db, ada: str(a_webhook(db, ada).id),
    "delivery_id": lambda db, ada: str(a_delivery(db, _webhook(db, ada)).id),
    "key_id": lambda db, ada: str(a_key(db, ada, [])[1]),
    "batch_id": lambda db, ada: str(_batch(db, ada)),
    "draft_id": lambda db, ada: str(drafts.add(db, ada.id, "A draft", {}, most=1000).id),
}
"""What of Ada's a path may name: how to make it, and its id."""
ANYONES = {"name": "lesson.mp4", "package": "scorm12.zip"}
"""What else a path may name."""


@cache
def password_hash() -> str:
    return hash_password(PASSWORD, CHEAP)


def _job(db: Transaction, ada: User) -> Any:
    job = a_job(db, ada)
    db.add(
        Export(
            job_id=job.id,
            name="lesson.mp4",
            content_type="video/mp4",
            bytes=1,
            sha256="0" * 64,
            storage_key="none",
        )
    )
    embeds.put(db, job.id, uuid4().hex, [])
    return job.id


def _batch(db: Transaction, ada: User) -> Any:
    item = batches.NewItem(1, a_spec(uuid4()))
    return batches.create(db, ada.id, title="A batch", items=[item], refused=[]).id


def _webhook(db: Transaction, ada: User) -> Webhook:
    hers = select(Webhook).where(Webhook.owner_id == ada.id)
    return db.scalars(hers.order_by(Webhook.id.desc()).limit(1)).one()


def a_session(db: Transaction, user: User) -> Any:
    return users.open_session(
        db,
        user,
        refresh_hash=uuid4().hex,
        expires_at=datetime.now(UTC) + timedelta(days=1),
        remember=False,
        user_agent="a test",
    )


def signed(db: Transaction, user: User) -> dict[str, str]:
    return bearer(TOKENS.access(user.id, a_session(db, user).id))


def a_key(db: Transaction, user: User, scopes: list[Any]) -> tuple[str, Any]:
    key = new_api_key()
    row = keys.add(
        db,
        user.id,
        name="a key",
        hint=key[:8],
        key_hash=token_hash(key),
        scopes=[str(scope) for scope in scopes],
        expires_at=None,
    )
    return key, row.id


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def a_spoken_consent(db: Transaction, user: User) -> UUID:
    """One that waits for an administrator to listen."""
    voice = an_asset(db, user, kind=AssetKind.VOICE, consented=False)
    spoken: UUID = a_consent(db, voice, pending_reason="voice_uncertain", recording_key="none").id
    return spoken
