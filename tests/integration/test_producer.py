"""Jobs from the queue to their end, on the real Postgres and storage, with quick engines."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import replace
from uuid import UUID, uuid4

import pytest
from sqlalchemy import delete, text, update

from db import jobs
from db.models import Asset, Event, Job, JobStatus, SceneStatus, StepStatus
from db.session import Database
from pipeline.artefacts import clip_facts
from pipeline.engines import SpeechRequest
from pipeline.errors import EngineFailed, InfrastructureLost, NoFaceFound, PromptUnanswered
from pipeline.lesson import Speech
from pipeline.making import Limits
from pipeline.media.sound import read_sound
from pipeline.storage import Storage
from tests.fakes.death import AwayDatabase
from tests.fakes.engines import CountedSpeech
from tests.fakes.studio import AT_ONCE, QUICK, TERMINAL, Studio, running, until

pytestmark = pytest.mark.anyio


@pytest.fixture
def studio(database: Database, storage: Storage) -> Studio:
    return Studio(database, storage)


def assert_well_told(studio: Studio, job_id: UUID) -> list[Event]:
    """The job's events are numbered without gaps, and each making but the last has one end."""
    history = studio.history(job_id)
    assert [event.number for event in history] == list(range(1, len(history) + 1))
    ends = [event.making for event in history if event.kind in TERMINAL]
    assert ends == list(range(1, history[-1].making + 1))
    assert history[-1].kind in TERMINAL
    shares: dict[tuple[int, str], float] = {}
    for event in history:
        if event.kind == "step.progress":
            key = event.making, event.data["step"]
            assert event.data["progress"] > shares.get(key, 0.0)
            shares[key] = event.data["progress"]
    return history


async def test_a_lesson_of_given_scenes_is_made(studio: Studio) -> None:
    job_id = studio.job(("One.", "Two.", "Three."))
    async with running(studio.producer()):
        (job,) = await studio.ended(job_id)
    assert job.status is JobStatus.SUCCEEDED, (job.error_code, job.error_detail)
    assert [(s.status, s.progress) for s in job.steps] == [(StepStatus.SUCCEEDED, 1.0)] * 4
    assert [s.engine and s.engine["name"] for s in job.steps] == [None, "fake", "fake", None]
    assert [s.status for s in job.scenes] == [SceneStatus.FILMED] * 3
    history = assert_well_told(studio, job_id)
    seconds = sum(scene.seconds or 0 for scene in job.scenes)
    assert history[-1].data == {"seconds": pytest.approx(seconds), "exports": ["lesson.mp4"]}
    spoken = [e.data for e in history if e.kind == "scene.spoken"]
    assert [(d["scene"], d["made"]) for d in spoken] == [(0, True), (1, True), (2, True)]
    video = job.steps[2]
    assert video.media_seconds == pytest.approx(seconds)
    assert video.work_seconds > 0


async def test_every_artefact_and_export_is_where_the_rows_say(
    studio: Studio, storage: Storage
) -> None:
    job_id = studio.job(("One.", "Two."))
    async with running(studio.producer()):
        (job,) = await studio.ended(job_id)
    for scene in job.scenes:
        assert scene.seconds is not None
        samples = read_sound(storage.get(scene.speech_key or ""))
        assert len(samples) == round(scene.seconds * 25) * 1764
        facts = clip_facts(storage, scene.clip_key or "")
        assert facts.seconds == pytest.approx(scene.seconds)
        assert sum(piece.seconds for piece in facts.fragments.pieces) == facts.seconds
        stored = storage.head(scene.clip_key or "")
        assert stored is not None
        last = facts.fragments.pieces[-1]
        assert last.offset + last.length <= stored.bytes_
    (export,) = job.exports
    made = storage.head(export.storage_key)
    assert made is not None
    assert (export.name, export.bytes) == ("lesson.mp4", made.bytes_)


async def test_the_first_scene_is_filmed_while_the_second_is_spoken(studio: Studio) -> None:
    studio.video.gate = asyncio.Event()
    job_id = studio.job(("One.", "Two.", "Three."))

    def both_run() -> bool:
        job = studio.read(job_id)
        running_steps = [s.name for s in job.steps if s.status is StepStatus.RUNNING]
        statuses = [scene.status for scene in job.scenes]
        return running_steps == ["speech", "video"] and statuses[:2] == [SceneStatus.SPOKEN] * 2

    async with running(studio.producer()):
        assert await until(both_run)
        assert studio.speech.begun == ["One.", "Two."]
        studio.video.gate.set()
        (job,) = await studio.ended(job_id)
    assert job.status is JobStatus.SUCCEEDED


async def test_no_more_scenes_run_side_by_side_than_allowed(studio: Studio) -> None:
    studio.video.gate = asyncio.Event()
    job_id = studio.job([f"Scene {n}." for n in range(6)])
    async with running(studio.producer(limits=Limits(scenes_at_once=3))):
        await until(lambda: len(studio.video.begun) == 3)
        assert len(studio.speech.begun) == 3
        studio.video.gate.set()
        (job,) = await studio.ended(job_id)
    assert job.status is JobStatus.SUCCEEDED
    assert sorted(studio.speech.begun) == [f"Scene {n}." for n in range(6)]


async def test_a_prompt_becomes_scenes_first(studio: Studio) -> None:
    spec = studio.spec(()) | {"prompt": "rain"}
    del spec["scenes"]
    job_id = studio.submit(spec)
    async with running(studio.producer()):
        (job,) = await studio.ended(job_id)
    assert job.status is JobStatus.SUCCEEDED, (job.error_code, job.error_detail)
    assert [scene.title for scene in job.scenes] == ["Opening", "Middle", "Closing"]
    history = assert_well_told(studio, job_id)
    written = [e.data for e in history if e.kind == "scene.written"]
    assert [d["scene"] for d in written] == [0, 1, 2]
    assert written[0]["narration"].startswith("This lesson is about rain.")
    again = studio.submit(spec)
    async with running(studio.producer()):
        await studio.ended(again)
    assert studio.script.begun == 1
    assert len(studio.read(again).scenes) == 3


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


async def test_a_failure_that_will_not_pass_ends_the_job_at_once(studio: Studio) -> None:
    def no_face(_count: int, _what: str) -> None:
        raise NoFaceFound

    studio.video.trouble = no_face
    job_id = studio.job(("One.", "Two."))
    async with running(studio.producer()):
        (job,) = await studio.ended(job_id)
    assert (job.status, job.error_code) == (JobStatus.FAILED, "no_face")
    assert len(studio.video.begun) == 1
    history = assert_well_told(studio, job_id)
    assert history[-1].data == {
        "step": "video",
        "code": "no_face",
        "detail": "The portrait shows no face we can animate.",
        "advice": NoFaceFound.advice,
    }
    assert [e.data["attempt"] for e in history if e.kind == "step.failed"] == [1]


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


async def test_cancel_stops_the_engines(studio: Studio) -> None:
    studio.video.gate = asyncio.Event()
    job_id = studio.job(("One.", "Two."))
    # nothing but the notice can tell it in time
    slow = replace(QUICK, heartbeat_seconds=300, poll_seconds=300)
    async with running(studio.producer(timing=slow)):
        await until(lambda: studio.video.begun)
        with studio.database.transaction() as session:
            assert jobs.cancel(session, job_id)
        (job,) = await studio.ended(job_id)
    assert job.status is JobStatus.CANCELLED
    assert studio.video.closed == len(studio.video.begun)
    assert studio.video.ended == []
    assert {step.status for step in job.steps} == {StepStatus.SUCCEEDED, StepStatus.CANCELLED}
    assert_well_told(studio, job_id)


async def test_a_cancelled_job_goes_on_when_it_is_retried(studio: Studio) -> None:
    studio.video.gate = asyncio.Event()
    job_id = studio.job(("One.", "Two."))
    async with running(studio.producer()):
        await until(lambda: len(studio.video.begun) == 2)
        with studio.database.transaction() as session:
            jobs.cancel(session, job_id)
        await studio.ended(job_id)
        studio.video.gate.set()
        with studio.database.transaction() as session:
            assert jobs.retry(session, job_id)
        (job,) = await studio.ended(job_id)
    assert job.status is JobStatus.SUCCEEDED
    assert studio.speech.begun == ["One.", "Two."]
    assert_well_told(studio, job_id)


async def test_a_remake_pays_for_the_changed_scene_only(studio: Studio) -> None:
    first = studio.job(("One.", "Two.", "Three."))
    async with running(studio.producer()):
        await studio.ended(first)
        spec = studio.spec(("One.", "Two, but new.", "Three."))
        second = studio.submit(spec, remade_from=first)
        (job,) = await studio.ended(second)
    assert (job.status, job.remade_from) == (JobStatus.SUCCEEDED, first)
    assert sorted(studio.speech.begun) == ["One.", "Three.", "Two, but new.", "Two."]
    assert len(studio.video.begun) == 4
    made = {
        (e.kind, e.data["scene"]): e.data["made"]
        for e in studio.history(second)
        if e.kind in ("scene.spoken", "scene.filmed")
    }
    assert [made["scene.filmed", scene] for scene in range(3)] == [False, True, False]


async def test_what_changes_a_result_is_part_of_its_key(studio: Studio) -> None:
    async with running(studio.producer()):
        for given in ({}, {"speech": {"seed": 7}}, {"video": {"background": "#000000"}}):
            await studio.ended(studio.job(("One.",), **given))
        assert (len(studio.speech.begun), len(studio.video.begun)) == (2, 3)
        studio.speech.version = "2"
        await studio.ended(studio.job(("One.",)))
        assert (len(studio.speech.begun), len(studio.video.begun)) == (3, 4)


async def test_engines_are_asked_for_what_the_spec_says(studio: Studio) -> None:
    given = {
        "language": "en-gb",
        "speech": {"speaking_rate": 20, "seed": 5},
        "pronunciations": {"SQL": "sequel"},
        "video": {"resolution": "512", "aspect": "16:9"},
    }
    job_id = studio.job(("One.",), **given)
    async with running(studio.producer()):
        (job,) = await studio.ended(job_id)
    assert job.status is JobStatus.SUCCEEDED
    (speak,), (draw,) = studio.speech.asked, studio.video.asked
    assert (speak.language, speak.speaking_rate, speak.seed) == ("en-gb", 20, 5)
    assert (speak.pronunciations, speak.engine) == ((("SQL", "sequel"),), "fake")
    assert (draw.portrait, draw.video.size, draw.engine) == (b"a portrait", (912, 512), "fake")
    assert draw.speech.words[0].text == "One."
    assert draw.speech.words[0].start_seconds == pytest.approx(0.2)


async def test_a_portrait_that_was_deleted_fails_the_job_with_a_sentence(studio: Studio) -> None:
    job_id = studio.job(("One.",))
    with studio.database.transaction() as session:
        session.execute(delete(Asset))
    async with running(studio.producer()):
        (job,) = await studio.ended(job_id)
    assert (job.status, job.error_code) == (JobStatus.FAILED, "asset_gone")
    assert job.error_detail == "The portrait of this lesson is no longer there."


async def test_a_job_deleted_under_its_worker_is_let_go(studio: Studio) -> None:
    studio.speech.gate = asyncio.Event()
    job_id, other = studio.job(("One.",)), studio.job(("Two.",))
    async with running(studio.producer(jobs_at_once=1)):
        await until(lambda: studio.speech.begun)
        with studio.database.transaction() as session:
            assert jobs.delete(session, job_id)
        studio.speech.gate.set()
        (job,) = await studio.ended(other)
    assert job.status is JobStatus.SUCCEEDED


async def test_two_producers_share_the_queue(studio: Studio) -> None:
    ids = [studio.job((f"Lesson {n}.",)) for n in range(8)]
    async with running(studio.producer("north"), studio.producer("south")):
        ended = await studio.ended(*ids)
    assert {job.status for job in ended} == {JobStatus.SUCCEEDED}
    assert {job.attempt for job in ended} == {1}
    assert sorted(studio.speech.begun) == [f"Lesson {n}." for n in range(8)]
    for job in ended:
        assert_well_told(studio, job.id)


async def test_a_draining_producer_ends_its_scenes_and_hands_the_job_back(studio: Studio) -> None:
    studio.video.gate = asyncio.Event()
    job_id = studio.job(("One.", "Two.", "Three.", "Four."))
    leaving = studio.producer("leaving")
    async with running(leaving):
        await until(lambda: len(studio.video.begun) == 2)
        draining = asyncio.create_task(leaving.drain(grace_seconds=60))
        await asyncio.sleep(0)
        studio.video.gate.set()
        await draining
    job = studio.read(job_id)
    assert (job.status, job.losses) == (JobStatus.QUEUED, 0)
    assert [s.status for s in job.scenes[:2]] == [SceneStatus.FILMED] * 2
    assert studio.kinds(job_id)[-1] == "job.retrying"
    async with running(studio.producer("coming")):
        await studio.ended(job_id)
    assert sorted(studio.speech.begun) == ["Four.", "One.", "Three.", "Two."]
    assert len(studio.video.begun) == 4


async def test_a_drain_does_not_wait_for_ever(studio: Studio) -> None:
    studio.video.gate = asyncio.Event()
    job_id = studio.job(("One.",))
    leaving = studio.producer("leaving")
    async with running(leaving):
        await until(lambda: studio.video.begun)
        await leaving.drain(grace_seconds=0.1)
    job = studio.read(job_id)
    assert (job.status, job.leased_by) == (JobStatus.QUEUED, None)
    assert studio.video.closed == 1


async def test_a_silent_worker_is_overtaken_and_can_write_nothing_more(
    studio: Studio, database: Database
) -> None:
    studio.video.gate = asyncio.Event()
    job_id = studio.job(("One.",))
    deaf = replace(QUICK, heartbeat_seconds=300, poll_seconds=0.1)
    async with running(studio.producer("old", timing=deaf, jobs_at_once=1)):
        await until(lambda: studio.video.begun)
        studio.let_leases_expire()
        async with running(studio.producer("new")):
            await until(lambda: len(studio.video.begun) == 2)
            studio.video.gate.set()
            (job,) = await studio.ended(job_id)
    assert (job.status, job.attempt, job.losses) == (JobStatus.SUCCEEDED, 2, 1)
    assert studio.speech.begun == ["One."]
    assert_well_told(studio, job_id)


async def test_the_producer_outlives_its_connections(studio: Studio, database: Database) -> None:
    """Every connection is cut again and again while jobs run: after every fifth event."""
    ids = [studio.job((f"Lesson {n}.", f"Part two of {n}.")) for n in range(3)]
    cut = text(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )

    cuts_after = iter(range(5, 1000, 5))
    next_cut = next(cuts_after)

    def all_ended() -> bool:
        nonlocal next_cut
        found = [studio.read(job_id) for job_id in ids]
        if sum(job.last_event for job in found) >= next_cut:
            next_cut = next(cuts_after)
            with database.transaction() as session:
                session.execute(cut)
        return all(job.status in jobs.ENDED for job in found)

    own = Database(database_url_of(database))
    async with running(studio.producer(database=own)):
        await until(all_ended)
    own.close()
    assert next_cut > 20
    for job_id in ids:
        job = studio.read(job_id)
        assert job.status is JobStatus.SUCCEEDED, (job.error_code, job.error_detail)
        assert_well_told(studio, job_id)


def database_url_of(database: Database) -> str:
    with database.transaction() as session:
        return session.get_bind().engine.url.render_as_string(hide_password=False)


async def test_work_goes_on_after_a_short_outage_of_the_database(
    studio: Studio, database: Database
) -> None:
    own = AwayDatabase(database)
    studio.video.gate = asyncio.Event()
    job_id = studio.job(("One.", "Two."))
    async with running(studio.producer(database=own)):
        await until(lambda: len(studio.video.begun) == 2)
        own.away.set()
        studio.video.gate.set()
        await until(lambda: own.refused >= 10)
        own.away.clear()
        (job,) = await studio.ended(job_id)
    assert (job.status, job.attempt) == (JobStatus.SUCCEEDED, 1)
    assert len(studio.video.begun) == 2
    assert_well_told(studio, job_id)


async def test_a_long_outage_of_the_database_costs_the_lease_and_no_more(
    studio: Studio, database: Database
) -> None:
    own = AwayDatabase(database)
    studio.video.gate = asyncio.Event()
    job_id = studio.job(("One.",))
    hasty = replace(QUICK, lease_seconds=0.5)
    async with running(studio.producer(database=own, timing=hasty)):
        await until(lambda: studio.video.begun)
        own.away.set()
        await until(lambda: studio.video.closed)
        assert studio.read(job_id).status is JobStatus.RUNNING
        studio.video.gate.set()
        own.away.clear()
        (job,) = await studio.ended(job_id)
    assert (job.status, job.attempt, job.losses) == (JobStatus.SUCCEEDED, 2, 1)
    assert studio.speech.begun == ["One."]
    assert_well_told(studio, job_id)


class DeafSpeech(CountedSpeech):
    """A voice that does not hear that it is to stop."""

    released = False

    async def speak(self, ask: SpeechRequest) -> AsyncIterator[Speech]:
        self.begun.append(ask.narration)
        while not self.released:
            with suppress(asyncio.CancelledError):
                await asyncio.sleep(0.01)
        async for piece in super().speak(ask):
            yield piece


async def test_an_engine_that_cannot_be_stopped_does_not_hold_a_cancel_up(studio: Studio) -> None:
    deaf = studio.speech = DeafSpeech()
    job_id = studio.job(("One.",))
    async with running(studio.producer()):
        await until(lambda: deaf.begun)
        with studio.database.transaction() as session:
            jobs.cancel(session, job_id)
        (job,) = await studio.ended(job_id)
        deaf.released = True
    assert job.status is JobStatus.CANCELLED
    assert_well_told(studio, job_id)


async def test_an_idle_producer_is_alive_and_hears_of_work_at_once(studio: Studio) -> None:
    idle = studio.producer(timing=replace(QUICK, poll_seconds=300))
    async with running(idle):
        await asyncio.sleep(0.5)
        job_id = studio.job(("One.",))
        await studio.ended(job_id)
        assert idle.alive


async def test_specs_are_kept_whole(studio: Studio) -> None:
    slide = uuid4()
    spec = studio.spec(("One.",), external_id="x", priority="batch")
    spec["scenes"][0]["slide_id"] = str(slide)
    job = studio.read(studio.submit(spec))
    assert json.loads(json.dumps(job.spec)) == spec
    assert job.scenes[0].slide_id == slide
