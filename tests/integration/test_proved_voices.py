"""Where consents must be verified, a worker speaks with no voice whose consent is only recorded."""

import pytest
from sqlalchemy import func, update

from db.models import AssetKind, Consent, JobStatus, User
from pipeline.making import Limits
from tests.factories import an_asset
from tests.fakes.studio import Studio, running

pytestmark = pytest.mark.anyio


async def test_a_recorded_consent_is_enough_only_where_none_must_be_verified(
    studio: Studio,
) -> None:
    with studio.database.transaction() as session:
        owner = session.get_one(User, studio.owner_id)
        voice = an_asset(session, owner, kind=AssetKind.VOICE)
        key, voice_id = voice.storage_key, voice.id
    studio.storage.put(key, b"a recording", "audio/flac")
    async with running(studio.producer(limits=Limits(proved_voices=True))):
        (refused,) = await studio.ended(studio.job(("One.",), voice_id=str(voice_id)))
        assert (refused.status, refused.error_code) == (JobStatus.FAILED, "consent_unverified")
        assert studio.speech.begun == []
        with studio.database.transaction() as session:
            session.execute(update(Consent).values(verified_at=func.now()))
        (made,) = await studio.ended(studio.job(("One.",), voice_id=str(voice_id)))
        assert made.status is JobStatus.SUCCEEDED
