"""Consents that are spoken: a phrase nobody could know before, whether it was said, and by whom.

All of this is outside of a request's transaction but ``settle``: a phrase is spent by whatever is
said for it, also by what is refused.
"""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO
from uuid import UUID

import structlog
from anyio.to_thread import run_sync
from sqlalchemy.orm import Session

from db import assets, consent_phrases, consents
from db.models import Asset, AssetKind, AssetStatus, Consent, ConsentPhrase, Verification
from deployments.zyphra.consent_check import Ask, Outcome
from pipeline.errors import SoundUnreadable
from pipeline.media.apart import CheckStopped, run_apart
from pipeline.spoken_consent import LANGUAGES, draw_words, statement
from pipeline.storage import Storage, spoken_key
from pipeline.workroom import workroom
from serve.deps import Slots, Studio
from serve.errors import (
    AssetNotFound,
    AssetNotReady,
    ConsentNotFound,
    ConsentNotProvable,
    ConsentNotSpeakable,
    ConsentPhraseNotFound,
    FieldError,
    RequestInvalid,
)
from serve.schemas import Address, ConsentRead, ConsentWaiting, PhraseRead, SpokenConsent
from serve.throttle import charge_phrase

log = structlog.get_logger("lectern.consents")

PHRASE_SECONDS = 10 * 60
LISTEN_SECONDS = 15 * 60
CHECK = "deployments.zyphra.consent_check:check_spoken"


@dataclass(frozen=True, slots=True)
class Heard:
    """What was spoken for a consent, in a file that is ours, and what a check made of it."""

    consent_id: UUID
    words_heard: int | None
    likeness: float | None
    doubt: str | None
    recording: Path

    def told(self) -> dict[str, Any]:
        """For the audit: what was heard, and nothing of how it sounded."""
        return {
            "consent": str(self.consent_id),
            "words_heard": self.words_heard,
            "likeness": self.likeness,
            "doubt": self.doubt,
        }


def ask_phrase(db: Session, asset: Asset, language: str) -> PhraseRead:
    """Words to speak for the consent that counts now.

    Raises ConsentNotSpeakable, ConsentNotProvable, AssetNotReady, RequestInvalid, RateExceeded.
    """
    code = language[:2]
    consent = _provable(asset)
    if code not in LANGUAGES:
        told = f"There are phrases in {', '.join(LANGUAGES)}; ask an administrator to vouch."
        raise RequestInvalid(FieldError("language", "language_unsupported", told))
    charge_phrase(db, asset.owner_id)
    words = " ".join(draw_words(code))
    return _read(consent_phrases.ask(db, consent.id, code, words, seconds=PHRASE_SECONDS))


@asynccontextmanager
async def listen(
    studio: Studio, slots: Slots, owner_id: UUID, asset_id: UUID, form: SpokenConsent
) -> AsyncIterator[Heard]:
    """What was spoken, checked; its file is there until this ends.

    Raises ConsentNotHeard, ConsentVoiceDiffers, ConsentPhraseNotFound …"""
    phrase, sample_key = await run_sync(_spend, studio, owner_id, asset_id, form.phrase_id)
    with workroom() as folder:
        kept = folder / "kept"
        await run_sync(_copy, form.file.file, folder / "spoken")
        await run_sync(studio.storage.download, sample_key, folder / "sample")
        _ask(studio, phrase, folder).write(folder / "ask")
        async with slots.checks:
            found = await run_sync(_check, folder / "ask", kept)
        yield Heard(phrase.consent_id, found.words, found.likeness, found.doubt, kept)


def settle(db: Session, storage: Storage, asset: Asset, heard: Heard) -> Consent:
    """Writes down what was heard, and keeps the recording beside the voice: it goes with it.

    Raises AssetNotFound, ConsentNotProvable when the consent ended in between.
    """
    if assets.lock(db, asset) is None:
        raise AssetNotFound
    key = spoken_key(asset.owner_id, asset.id, heard.consent_id)
    if heard.doubt is None:
        written = consents.verify(db, heard.consent_id, by=None, key=key)
    else:
        written = consents.put_off(db, heard.consent_id, reason=heard.doubt, key=key)
    if not written:
        raise ConsentNotProvable
    storage.put_file(key, heard.recording, "audio/flac")
    return _again(db, heard.consent_id)


def vouch(db: Session, consent: Consent, by: UUID) -> Consent:
    """An administrator takes it for proved. Raises ConsentNotProvable."""
    if not consents.verify(db, consent.id, by=by):
        raise ConsentNotProvable
    return _again(db, consent.id)


def waiting(consent: Consent) -> ConsentWaiting:
    told = ConsentRead.model_validate(consent).model_dump()
    there = consent.recording_key is not None
    return ConsentWaiting(**told, asset_id=consent.asset_id, recording=there)


def recording(storage: Storage, consent: Consent) -> Address:
    """Raises ConsentNotFound where nothing was spoken."""
    if consent.recording_key is None:
        raise ConsentNotFound
    until = datetime.now(UTC) + timedelta(seconds=LISTEN_SECONDS)
    return Address(
        address=storage.presign_get(consent.recording_key, LISTEN_SECONDS), expires_at=until
    )


def _provable(asset: Asset) -> Consent:
    if asset.kind is not AssetKind.VOICE:
        raise ConsentNotSpeakable(asset.kind.value)
    if asset.status is not AssetStatus.READY:
        raise AssetNotReady(asset.status.value)
    consent = consents.current(asset)
    if consent is None or consent.state is Verification.VERIFIED:
        raise ConsentNotProvable
    return consent


def _spend(
    studio: Studio, owner_id: UUID, asset_id: UUID, phrase_id: UUID
) -> tuple[ConsentPhrase, str]:
    with studio.database.transaction() as db:
        asset = assets.find(db, owner_id, asset_id)
        if asset is None:
            raise AssetNotFound
        phrase = consent_phrases.use(db, asset, phrase_id)
        if phrase is None:
            raise ConsentPhraseNotFound
        return phrase, asset.storage_key


def _ask(studio: Studio, phrase: ConsentPhrase, folder: Path) -> Ask:
    encoder = studio.speaker_encoder
    return Ask(
        recording=folder / "spoken",
        sample=folder / "sample",
        encoder=encoder if encoder is not None and encoder.is_file() else None,
        language=phrase.language,
        words=phrase.words.split(),
    )


def _check(ask: Path, kept: Path) -> Outcome:
    try:
        return Outcome.model_validate(run_apart(CHECK, ask, kept))
    except CheckStopped as error:
        log.warning("check stopped", check=CHECK, reason=str(error))
        raise SoundUnreadable("it takes too much time or memory to open") from error


def _copy(uploaded: BinaryIO, path: Path) -> None:
    with path.open("wb") as file:
        shutil.copyfileobj(uploaded, file)


def _read(phrase: ConsentPhrase) -> PhraseRead:
    return PhraseRead(
        id=phrase.id,
        language=phrase.language,
        text=statement(phrase.language, phrase.words.split()),
        heard_here=LANGUAGES[phrase.language].recognised,
        expires_at=phrase.expires_at,
    )


def _again(db: Session, consent_id: UUID) -> Consent:
    consent = consents.find(db, consent_id)
    if consent is None:
        raise ConsentNotProvable
    return consent
