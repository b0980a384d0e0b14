"""A spec that asks for captions in the picture gets them, on the real Postgres and storage."""

import pytest

from db.models import JobStatus
from pipeline.media.captions import scene_cues
from tests.fakes.studio import Studio, running

pytestmark = pytest.mark.anyio
WORDS = "Light falls on the leaf, and the leaf makes sugar of it."


async def test_captions_are_drawn_when_the_spec_says_so_and_the_speech_is_not_made_again(
    studio: Studio,
) -> None:
    async with running(studio.producer()):
        await studio.ended(studio.job((WORDS,)))
        await studio.ended(studio.job((WORDS,), captions={"burn_in": True}))
    assert (len(studio.speech.begun), len(studio.video.begun)) == (1, 2)
    bare, captioned = studio.video.asked
    speech = captioned.speech
    assert bare.captions == ()
    assert captioned.captions == tuple(scene_cues(speech.words, speech.sentences, speech.seconds))
    assert "Light falls" in captioned.captions[0].text


async def test_a_lesson_in_letters_the_font_lacks_fails_before_a_picture_is_made(
    studio: Studio,
) -> None:
    async with running(studio.producer()):
        (job,) = await studio.ended(studio.job(("𒀀𒀁",), captions={"burn_in": True}))
        (soft,) = await studio.ended(studio.job(("𒀀𒀁",)))
    assert (job.status, job.error_code) == (JobStatus.FAILED, "captions_not_drawable")
    assert soft.status is JobStatus.SUCCEEDED
    assert len(studio.video.begun) == 1
