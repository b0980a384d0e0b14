"""Who may be shown or heard: what was stated of a portrait or a voice, and when it was revoked."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select, update
from sqlalchemy.orm import Session as Transaction

from db.models import Asset, AssetKind, Consent, ConsentState
from db.paging import Page, page_of

OF_PEOPLE = (AssetKind.PORTRAIT, AssetKind.VOICE)
"""The kinds of assets that show or sound like somebody."""


def record(db: Transaction, consent: Consent) -> Consent:
    """In place of the one before, which counts as revoked from now on. Its asset must be locked."""
    _close(db, consent.asset_id, consent.recorded_by)
    db.add(consent)
    db.flush()
    return consent


def revoke(db: Transaction, asset: Asset, by: UUID) -> bool:
    """False when there is none to revoke."""
    return _close(db, asset.id, by)


def current(asset: Asset) -> Consent | None:
    """The one that counts now, proved or not."""
    return asset.consents[-1] if state(asset) is ConsentState.VALID else None


def verify(db: Transaction, consent_id: UUID, *, by: UUID | None, key: str | None = None) -> bool:
    """It is proved. False when it was revoked, has run out, or was proved before."""
    values: dict[str, Any] = {"verified_at": func.clock_timestamp(), "verified_by": by}
    return _prove(db, consent_id, values | ({} if key is None else {"recording_key": key}))


def put_off(db: Transaction, consent_id: UUID, *, reason: str, key: str) -> bool:
    """What was spoken waits for an administrator to listen to it. False as in ``verify``."""
    return _prove(db, consent_id, {"pending_reason": reason, "recording_key": key})


def find(db: Transaction, consent_id: UUID) -> Consent | None:
    """Anybody's."""
    return db.get(Consent, consent_id, populate_existing=True)


def to_be_proved(db: Transaction, *, cursor: UUID | None, limit: int) -> Page[Consent]:
    """Those of all voices that hold and are not proved, latest first."""
    rows = (
        select(Consent)
        .join(Asset, Asset.id == Consent.asset_id)
        .where(Asset.kind == AssetKind.VOICE, Consent.verified_at.is_(None), _holds())
    )
    return page_of(db, rows, Consent.id, cursor=cursor, limit=limit)


def state(asset: Asset) -> ConsentState | None:
    """Of what counts now; None for an asset that shows nobody."""
    if asset.kind not in OF_PEOPLE:
        return None
    if not asset.consents:
        return ConsentState.MISSING
    last = asset.consents[-1]
    if last.revoked_at is not None:
        return ConsentState.REVOKED
    if last.expires_at is not None and last.expires_at <= datetime.now(UTC):
        return ConsentState.EXPIRED
    return ConsentState.VALID


def is_given() -> ColumnElement[bool]:
    """Of a row of ``Asset``: nobody is shown, or whoever is has agreed."""
    return or_(Asset.kind.not_in(OF_PEOPLE), is_in(ConsentState.VALID))


def is_in(wanted: ConsentState) -> ColumnElement[bool]:
    """Of a row of ``Asset``: its consent is in this state."""
    any_at_all = _there_is()
    still_open = _there_is(Consent.revoked_at.is_(None))
    ended = _there_is(Consent.revoked_at.is_(None), Consent.expires_at <= func.now())
    states = {
        ConsentState.VALID: and_(still_open, ~ended),
        ConsentState.EXPIRED: ended,
        ConsentState.REVOKED: and_(any_at_all, ~still_open),
        ConsentState.MISSING: ~any_at_all,
    }
    return and_(Asset.kind.in_(OF_PEOPLE), states[wanted])


def is_proved() -> ColumnElement[bool]:
    """Of a row of ``Asset``: nobody is heard in it, or whoever is has said so themselves."""
    return or_(Asset.kind != AssetKind.VOICE, _there_is(_holds(), Consent.verified_at.is_not(None)))


def _holds() -> ColumnElement[bool]:
    lasts = or_(Consent.expires_at.is_(None), Consent.expires_at > func.now())
    return and_(Consent.revoked_at.is_(None), lasts)


def _prove(db: Transaction, consent_id: UUID, values: dict[str, Any]) -> bool:
    written = db.scalars(
        update(Consent)
        .where(Consent.id == consent_id, Consent.verified_at.is_(None), _holds())
        .values(values)
        .returning(Consent.id)
    )
    return written.one_or_none() is not None


def _there_is(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    return select(Consent.id).where(Consent.asset_id == Asset.id, *conditions).exists()


def _close(db: Transaction, asset_id: UUID, by: UUID | None) -> bool:
    closed = db.scalars(
        update(Consent)
        .where(Consent.asset_id == asset_id, Consent.revoked_at.is_(None))
        .values(revoked_at=func.clock_timestamp(), revoked_by=by)
        .returning(Consent.id)
    )
    return closed.one_or_none() is not None
