"""Who may be shown or heard: what was stated of a portrait or a voice, and when it was revoked."""

from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select, update
from sqlalchemy.orm import Session as Transaction

from db.models import Asset, AssetKind, Consent, ConsentState

OF_PEOPLE = (AssetKind.PORTRAIT, AssetKind.VOICE)
"""The kinds of assets that show or sound like somebody."""


def record(db: Transaction, consent: Consent) -> Consent:
    """In place of the one before, which counts as revoked from now on."""
    db.get(Asset, consent.asset_id, with_for_update=True)
    _close(db, consent.asset_id, consent.recorded_by)
    db.add(consent)
    db.flush()
    return consent


def revoke(db: Transaction, asset: Asset, by: UUID) -> bool:
    """False when there is none to revoke."""
    return _close(db, asset.id, by)


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
