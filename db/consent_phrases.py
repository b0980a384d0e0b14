"""Phrases that prove a consent when they are spoken: drawn at random, good once and for minutes."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.orm import Session as Transaction

from db.models import Asset, Consent, ConsentPhrase


def ask(
    db: Transaction, consent_id: UUID, language: str, words: str, *, seconds: float
) -> ConsentPhrase:
    """A new phrase, in place of those that were not spoken yet."""
    db.execute(delete(ConsentPhrase).where(ConsentPhrase.consent_id == consent_id))
    phrase = ConsentPhrase(
        consent_id=consent_id,
        language=language,
        words=words,
        expires_at=func.clock_timestamp() + timedelta(seconds=seconds),
    )
    db.add(phrase)
    db.flush()
    return phrase


def use(db: Transaction, asset: Asset, phrase_id: UUID) -> ConsentPhrase | None:
    """Takes a phrase to be listened for; None when it was used, has run out or is another's.

    The consent it was drawn for must hold still.
    """
    lasts = or_(Consent.expires_at.is_(None), Consent.expires_at > func.now())
    hers = select(Consent.id).where(
        Consent.asset_id == asset.id, Consent.revoked_at.is_(None), lasts
    )
    return db.scalars(
        update(ConsentPhrase)
        .where(ConsentPhrase.id == phrase_id, ConsentPhrase.consent_id.in_(hers))
        .where(ConsentPhrase.used_at.is_(None), ConsentPhrase.expires_at > func.now())
        .values(used_at=func.clock_timestamp())
        .returning(ConsentPhrase)
        .execution_options(synchronize_session=False)
    ).one_or_none()
