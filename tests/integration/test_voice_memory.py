"""What engines learn of a voice is kept beside it, used with consent, and gone with it."""

import asyncio
import hashlib
from uuid import UUID

import pytest
from sqlalchemy import func, update

from db.models import Asset, AssetKind, Consent, Derivation, Job, JobStatus, User
from pipeline.storage import asset_prefix, learnt_key, user_prefix
from tests.factories import an_asset
from tests.fakes.studio import Studio, running, until

pytestmark = pytest.mark.anyio
RECORDING = b"a recording"
LEARNT = hashlib.sha256(RECORDING).digest()
"""What the fake voice learns of it."""


@pytest.fixture
def voice_id(studio: Studio) -> UUID:
    with studio.database.transaction() as session:
        owner = session.get_one(User, studio.owner_id)
        voice = an_asset(session, owner, kind=AssetKind.VOICE, sha256="1" * 64)
        key, voice_id = voice.storage_key, voice.id
    studio.storage.put(key, RECORDING, "audio/flac")
    return voice_id


def learnt(studio: Studio, voice_id: UUID) -> list[str]:
    """The keys under which something is kept that was learnt of the voice."""
    prefix = f"{asset_prefix(studio.owner_id, voice_id)}learnt/"
    return [found.key for found in studio.storage.list(prefix)]


def revoke(studio: Studio, asset_id: UUID) -> None:
    with studio.database.transaction() as session:
        given = update(Consent).where(Consent.asset_id == asset_id)
        session.execute(given.values(revoked_at=func.now()))


def artefacts(studio: Studio) -> list[str]:
    prefix = f"{user_prefix(studio.owner_id)}artefacts/"
    return [found.key for found in studio.storage.list(prefix)]


def assert_failed(job: Job, code: str, detail: str) -> None:
    assert (job.status, job.error_code, job.error_detail) == (JobStatus.FAILED, code, detail)
    assert job.attempt == 1


async def test_a_voice_is_learnt_once_for_all_scenes_and_jobs(
    studio: Studio, voice_id: UUID
) -> None:
    first = studio.job(("One.", "Two.", "Three."), voice_id=str(voice_id))
    async with running(studio.producer()):
        (job,) = await studio.ended(first)
    assert job.status is JobStatus.SUCCEEDED, (job.error_code, job.error_detail)
    async with running(studio.producer("another")):
        (job,) = await studio.ended(studio.job(("Four.",), voice_id=str(voice_id)))
    assert job.status is JobStatus.SUCCEEDED
    assert studio.speech.learnt == [RECORDING]
    assert [ask.learnt for ask in studio.speech.asked] == [LEARNT] * 4
    key = learnt_key(studio.owner_id, voice_id, "fake", "1")
    assert learnt(studio, voice_id) == [key]
    assert studio.storage.get(key) == LEARNT


async def test_another_version_of_an_engine_learns_anew(studio: Studio, voice_id: UUID) -> None:
    async with running(studio.producer()):
        await studio.ended(studio.job(("One.",), voice_id=str(voice_id)))
        studio.speech.version = "2"
        await studio.ended(studio.job(("One.",), voice_id=str(voice_id)))
    assert studio.speech.learnt == [RECORDING] * 2
    assert len(learnt(studio, voice_id)) == 2


async def test_without_a_voice_nothing_is_learnt(studio: Studio) -> None:
    async with running(studio.producer()):
        await studio.ended(studio.job(("One.",)))
    assert studio.speech.learnt == []
    assert [ask.learnt for ask in studio.speech.asked] == [None]


async def test_a_scene_found_done_has_nothing_learnt_for_it(studio: Studio, voice_id: UUID) -> None:
    async with running(studio.producer()):
        await studio.ended(studio.job(("One.",), voice_id=str(voice_id)))
        studio.storage.delete(learnt(studio, voice_id))
        await studio.ended(studio.job(("One.",), voice_id=str(voice_id)))
    assert studio.speech.learnt == [RECORDING]


async def test_a_lesson_fails_when_consent_was_revoked_before_its_turn(
    studio: Studio, voice_id: UUID
) -> None:
    revoke(studio, voice_id)
    heard = studio.job(("One.",), voice_id=str(voice_id))
    async with running(studio.producer()):
        (job,) = await studio.ended(heard)
        detail = "There is no valid consent for the voice of this lesson."
        assert_failed(job, "consent_missing", detail)
        assert studio.speech.begun == []
        revoke(studio, studio.portrait_id)
        (job,) = await studio.ended(studio.job(("One.",)))
    assert_failed(
        job, "consent_missing", "There is no valid consent for the portrait of this lesson."
    )
    assert studio.video.begun == []


async def test_no_further_scene_is_spoken_once_consent_is_revoked(
    studio: Studio, voice_id: UUID
) -> None:
    studio.speech.gate = asyncio.Event()
    job_id = studio.job(("One.", "Two.", "Three."), voice_id=str(voice_id))
    async with running(studio.producer()):
        await until(lambda: studio.speech.begun)
        revoke(studio, voice_id)
        studio.speech.gate.set()
        (job,) = await studio.ended(job_id)
    detail = "There is no valid consent for the voice of this lesson."
    assert_failed(job, "consent_missing", detail)
    assert studio.speech.begun == ["One."]
    assert studio.video.begun == []


async def test_who_is_seen_behind_the_presenter_has_to_agree_as_well(studio: Studio) -> None:
    with studio.database.transaction() as session:
        owner = session.get_one(User, studio.owner_id)
        behind = an_asset(session, owner).id
        expired = update(Consent).where(Consent.asset_id == behind)
        session.execute(expired.values(expires_at=func.now()))
    async with running(studio.producer()):
        (job,) = await studio.ended(studio.job(("One.",), video={"background": str(behind)}))
    detail = "There is no valid consent for the background of this lesson."
    assert_failed(job, "consent_missing", detail)
    assert studio.video.begun == []


async def test_scenes_are_not_put_together_once_a_consent_has_ended(studio: Studio) -> None:
    studio.video.gate = asyncio.Event()
    job_id = studio.job(("One.",))
    async with running(studio.producer()):
        await until(lambda: studio.video.begun)
        revoke(studio, studio.portrait_id)
        studio.video.gate.set()
        (job,) = await studio.ended(job_id)
    assert len(studio.video.ended) == 1
    detail = "There is no valid consent for the portrait of this lesson."
    assert_failed(job, "consent_missing", detail)
    assert job.exports == []


async def test_a_scene_that_outlives_its_voice_is_not_kept(studio: Studio, voice_id: UUID) -> None:
    studio.speech.gate = asyncio.Event()
    job_id = studio.job(("One.",), voice_id=str(voice_id))
    async with running(studio.producer()):
        await until(lambda: studio.speech.begun)
        with studio.database.transaction() as session:
            assert session.query(Derivation).count() == 1
            session.delete(session.get_one(Asset, voice_id))
        studio.speech.gate.set()
        (job,) = await studio.ended(job_id)
    detail = "The portrait, voice or slide of this lesson is no longer there."
    assert_failed(job, "asset_gone", detail)
    assert studio.speech.ended == ["One."]
    assert artefacts(studio) == []


async def test_what_is_learnt_of_a_voice_that_goes_meanwhile_is_not_kept(
    studio: Studio, voice_id: UUID
) -> None:
    def delete_voice(_count: int, _what: str) -> None:
        with studio.database.transaction() as session:
            session.delete(session.get_one(Asset, voice_id))

    studio.speech.learn_trouble = delete_voice
    async with running(studio.producer()):
        (job,) = await studio.ended(studio.job(("One.",), voice_id=str(voice_id)))
    assert_failed(job, "asset_gone", "The voice of this lesson is no longer there.")
    assert studio.speech.begun == []
    assert learnt(studio, voice_id) == []
