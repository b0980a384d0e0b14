"""What fails is tried again as often as it may help, then ends with what to do next."""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import replace

import pytest
from sqlalchemy import delete, update

from db import jobs
from db.models import Asset, Job, JobStatus, StepStatus
from pipeline.engines import ScriptPiece, ScriptRequest
from pipeline.errors import EngineFailed, InfrastructureLost, NoFaceFound, PromptUnanswered
from pipeline.making import Limits
from tests.fakes.engines import CountedScript
from tests.fakes.studio import AT_ONCE, Studio, assert_well_told, running, until

pytestmark = pytest.mark.anyio


async def test_a_prompt_that_is_not_answered_fails_with_what_to_do(studio: Studio) -> None:
    def nothing(_count: int, _what: str) -> None:
        raise PromptUnanswered

    studio.script.trouble = nothing
    spec = studio.spec(()) | {"prompt": "rain"}
    del spec["scenes"]
    job_id = studio.submit(spec)
    async with running(studio.producer()):
        (job,) = await studio.ended(job_id)
    assert (job.status, job.error_code) == (JobStatus.FAILED, "script_empty")
    assert job.error_advice == PromptUnanswered.advice
    assert studio.script.begun == 3


class BrokenOffScript(CountedScript):
    """Stops after its first scene, the first time."""

    async def write(self, ask: ScriptRequest) -> AsyncGenerator[ScriptPiece, None]:
        first = self.begun == 0
        async for piece in super().write(ask):
            if first and piece.scene == 1 and piece.text:
                raise EngineFailed("fake", "it coughed")
            yield piece


async def test_a_script_that_was_broken_off_is_begun_anew(studio: Studio) -> None:
    studio.script, studio.speech.gate = BrokenOffScript(), asyncio.Event()
    spec = studio.spec(()) | {"prompt": "rain"}
    del spec["scenes"]
    job_id = studio.submit(spec)
    async with running(studio.producer()):
        await until(lambda: studio.speech.begun)
    job = studio.read(job_id)
    assert (job.steps[0].status, job.steps[0].attempt) == (StepStatus.SUCCEEDED, 2)
    assert [scene.title for scene in job.scenes] == ["Opening", "Middle", "Closing"]
    written = [e.data["scene"] for e in studio.history(job_id) if e.kind == "scene.written"]
    assert written == [0, 0, 1, 2]
    assert (studio.script.begun, studio.script.ended) == (2, 1)


async def test_a_failure_that_passes_costs_an_attempt_and_no_scene(studio: Studio) -> None:
    def second_scene_fails_once(count: int, _what: str) -> None:
        if count == 1:
            raise EngineFailed("fake", "it coughed")

    studio.video.trouble = second_scene_fails_once
    job_id = studio.job(("One.", "Two.", "Three."))
    async with running(studio.producer()):
        (job,) = await studio.ended(job_id)
    assert job.status is JobStatus.SUCCEEDED
    assert [step.attempt for step in job.steps] == [1, 1, 2, 1]
    assert sorted(studio.speech.begun) == ["One.", "Three.", "Two."]
    assert (len(studio.video.begun), len(studio.video.ended)) == (4, 3)
    history = assert_well_told(studio, job_id)
    (retrying,) = [e.data for e in history if e.kind == "job.retrying"]
    assert retrying == {
        "step": "video",
        "attempt": 2,
        "pause_seconds": 0.0,
        "code": "engine_failed",
        "detail": "The engine “fake” stopped: it coughed",
    }


async def test_three_failures_of_a_step_are_its_end_and_a_retry_goes_on(studio: Studio) -> None:
    def always(_count: int, _what: str) -> None:
        raise EngineFailed("fake", "it coughed")

    studio.video.trouble = always
    job_id = studio.job(("One.", "Two."))
    async with running(studio.producer(limits=Limits(scenes_at_once=1))):
        (job,) = await studio.ended(job_id)
        assert (job.status, job.error_code) == (JobStatus.FAILED, "engine_failed")
        assert job.error_advice == "Retry the lesson; what is done is kept."
        assert len(studio.video.begun) == 3
        assert [(s.name, s.status, s.error_code) for s in job.steps] == [
            ("script", StepStatus.SUCCEEDED, None),
            ("speech", StepStatus.PENDING, None),
            ("video", StepStatus.FAILED, "engine_failed"),
            ("package", StepStatus.PENDING, None),
        ]
        studio.video.trouble = lambda _count, _what: None
        with studio.database.transaction() as session:
            assert jobs.retry(session, job_id)
        (job,) = await studio.ended(job_id)
    assert (job.status, job.making) == (JobStatus.SUCCEEDED, 2)
    assert studio.speech.begun == ["One.", "Two."]
    assert_well_told(studio, job_id)


async def test_the_scene_at_which_a_lesson_fails_is_told_until_it_is_tried_again(
    studio: Studio,
) -> None:
    def second(count: int, _what: str) -> None:
        if count == 1:
            raise NoFaceFound

    studio.video.trouble = second
    job_id = studio.job(("One.", "Two."))
    async with running(studio.producer(limits=Limits(scenes_at_once=1))):
        (job,) = await studio.ended(job_id)
        assert job.error_scene == 1
        history = assert_well_told(studio, job_id)
        ends = [e for e in history if e.kind in ("step.failed", "job.failed")]
        assert [e.data["scene"] for e in ends] == [1, 1]
        with studio.database.transaction() as session:
            assert jobs.retry(session, job_id)
        (job,) = await studio.ended(job_id)
    assert (job.status, job.error_scene) == (JobStatus.SUCCEEDED, None)


async def test_a_failure_that_will_not_pass_ends_the_job_at_once(studio: Studio) -> None:
    def no_face(_count: int, _what: str) -> None:
        raise NoFaceFound

    studio.video.trouble = no_face
    job_id = studio.job(("One.", "Two."))
    # side by side, now and then the second is there before the first
    async with running(studio.producer(limits=Limits(scenes_at_once=1))):
        (job,) = await studio.ended(job_id)
    assert (job.status, job.error_code) == (JobStatus.FAILED, "no_face")
    assert len(studio.video.begun) == 1
    history = assert_well_told(studio, job_id)
    assert history[-1].data == {
        "step": "video",
        "scene": 0,
        "code": "no_face",
        "detail": "The portrait shows no face we can animate.",
        "advice": NoFaceFound.advice,
        "retryable": False,
    }
    assert [e.data["attempt"] for e in history if e.kind == "step.failed"] == [1]


async def test_a_failure_may_be_told_in_any_characters(studio: Studio) -> None:
    def trouble(_count: int, _what: str) -> None:
        raise EngineFailed("fake", "it said \0 and half a \ud83d")

    studio.speech.trouble = trouble
    async with running(studio.producer()):
        (job,) = await studio.ended(studio.job(("One.",)))
    assert (job.status, job.error_code, job.losses) == (JobStatus.FAILED, "engine_failed", 0)
    assert job.error_detail == "The engine “fake” stopped: it said \ufffd and half a ?"


async def test_lost_infrastructure_does_not_use_up_the_attempts(studio: Studio) -> None:
    def lost_five_times(count: int, _what: str) -> None:
        if count < 5:
            raise InfrastructureLost("a replica died")

    studio.speech.trouble = lost_five_times
    job_id = studio.job(("One.",))
    async with running(studio.producer()):
        (job,) = await studio.ended(job_id)
    assert (job.status, job.losses) == (JobStatus.SUCCEEDED, 5)
    assert [step.attempt for step in job.steps] == [1, 1, 1, 1]


async def test_infrastructure_that_stays_lost_ends_the_job(studio: Studio) -> None:
    def always(_count: int, _what: str) -> None:
        raise InfrastructureLost("a replica died")

    studio.speech.trouble = always
    job_id = studio.job(("One.",))
    retries = replace(AT_ONCE, losses=4)
    async with running(studio.producer(retries=retries)):
        (job,) = await studio.ended(job_id)
    assert (job.status, job.error_code) == (JobStatus.FAILED, "infrastructure_lost")
    assert len(studio.speech.begun) == 5


async def test_a_job_that_ends_its_workers_is_given_up(studio: Studio) -> None:
    job_id = studio.job(("One.",))
    with studio.database.transaction() as session:
        session.execute(update(Job).values(losses=11))
    async with running(studio.producer()):
        (job,) = await studio.ended(job_id)
    assert (job.status, job.error_code) == (JobStatus.FAILED, "workers_lost")
    assert studio.speech.begun == []


async def test_a_poisonous_job_does_not_stop_the_queue(studio: Studio) -> None:
    def poison(_count: int, what: str) -> None:
        if "poison" in what:
            raise ZeroDivisionError

    studio.speech.trouble = poison
    poisonous = [studio.job((f"One poison {n}.",)) for n in range(3)]
    unreadable = studio.job(("One.",))
    with studio.database.transaction() as session:
        spec = {"title": "from another age"}
        session.execute(update(Job).where(Job.id == unreadable).values(spec=spec))
    good = [studio.job((f"Good {n}.",)) for n in range(3)]
    async with running(studio.producer()):
        ended = await studio.ended(*poisonous, unreadable, *good)
    assert [job.status for job in ended] == [JobStatus.FAILED] * 4 + [JobStatus.SUCCEEDED] * 3
    assert {job.error_code for job in ended[:4]} == {"internal"}
    assert "ZeroDivisionError" in (ended[0].error_detail or "")
    for job in ended:
        assert_well_told(studio, job.id)


async def test_an_engine_that_falls_silent_is_a_failed_attempt(studio: Studio) -> None:
    studio.speech.gate = asyncio.Event()
    job_id = studio.job(("One.",))
    async with running(studio.producer(limits=Limits(stall_seconds=0.1))):
        (job,) = await studio.ended(job_id)
    assert (job.status, job.error_code) == (JobStatus.FAILED, "step_timed_out")
    assert (len(studio.speech.begun), studio.speech.closed) == (3, 3)


async def test_a_portrait_that_was_deleted_fails_the_job_with_a_sentence(studio: Studio) -> None:
    job_id = studio.job(("One.",))
    with studio.database.transaction() as session:
        session.execute(delete(Asset))
    async with running(studio.producer()):
        (job,) = await studio.ended(job_id)
    assert (job.status, job.error_code) == (JobStatus.FAILED, "asset_gone")
    assert job.error_detail == "The portrait of this lesson is no longer there."
