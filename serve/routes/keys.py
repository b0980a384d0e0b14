"""API keys: what programs sign their requests with."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, status

from db import keys
from serve.api_keys import make_key
from serve.deps import Audit, Paging, SignedIn, Transaction
from serve.errors import KeyNotFound
from serve.idempotency import CREATES
from serve.limits import StrictRoute
from serve.schemas import KeyAsk, KeyMade, KeyPage

router = APIRouter(prefix="/api/keys", tags=["keys"], route_class=StrictRoute)


@router.post("", status_code=status.HTTP_201_CREATED, dependencies=[CREATES])
def create_key(form: KeyAsk, who: SignedIn, db: Transaction, record: Audit) -> KeyMade:
    """Makes an API key. This is the only time it is shown."""
    made = make_key(db, who.user, form)
    record("key.created", f"key:{made.id}", name=made.name, scopes=[*made.scopes])
    return made


@router.get("")
def list_keys(
    who: SignedIn,
    db: Transaction,
    paging: Paging,
    usable: Annotated[bool | None, Query(description="Not revoked, and not run out.")] = None,
) -> KeyPage:
    """One's API keys, newest first."""
    page = keys.page(db, who.user.id, usable=usable, cursor=paging.cursor, limit=paging.limit)
    return KeyPage.model_validate(page)


@router.delete("/{key_id}", status_code=status.HTTP_204_NO_CONTENT)
def revoke_key(key_id: UUID, who: SignedIn, db: Transaction, record: Audit) -> None:
    """Revokes an API key: it is refused from now on."""
    if not keys.revoke(db, who.user.id, key_id):
        raise KeyNotFound
    record("key.revoked", f"key:{key_id}")
