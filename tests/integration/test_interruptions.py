"""Cancelled, drained, overtaken, cut off: a job is never lost and never told twice."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import suppress
from dataclasses import replace

import pytest
from sqlalchemy import text

from db import jobs
from db.models import JobStatus, SceneStatus, StepStatus
from db.session import Database
from pipeline.engines import SpeechRequest
from pipeline.lesson import Speech
from tests.fakes.death import AwayDatabase
from tests.fakes.engines import CountedSpeech
from tests.fakes.studio import QUICK, Studio, assert_well_told, running, until

pytestmark = pytest.mark.anyio


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


class DeafSpeech(CountedSpeech):
    """A voice that does not hear that it is to stop."""

    released = False

    async def speak(self, ask: SpeechRequest) -> AsyncGenerator[Speech, None]:
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


async def test_a_job_deleted_under_its_worker_is_let_go(studio: Studio) -> None:
    studio.speech.gate = asyncio.Event()
    job_id, other = studio.job(("One.",)), studio.job(("Two.",))
    async with running(studio.producer(jobs_at_once=1)):
        await until(lambda: studio.speech.begun)
        with studio.database.transaction() as session:
            assert jobs.delete_many(session, [job_id])
        studio.speech.gate.set()
        (job,) = await studio.ended(other)
    assert job.status is JobStatus.SUCCEEDED


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
    studio.video.gate = asyncio.Event()

    def all_ended() -> bool:
        nonlocal next_cut
        found = [studio.read(job_id) for job_id in ids]
        if sum(job.last_event for job in found) >= next_cut:
            next_cut = next(cuts_after)
            with database.transaction() as session:
                session.execute(cut)
        return all(job.status in jobs.ENDED for job in found)

    own = Database(database_url_of(database))
    # what was leased when its connection was cut waits for the end of the lease
    timing = replace(QUICK, lease_seconds=30)
    async with running(studio.producer(database=own, timing=timing)):
        await until(lambda: all_ended() or next_cut > 10)
        studio.video.gate.set()
        await until(all_ended)
    own.close()
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
    # so short that one waits for its end, and long enough for a busy machine to be heard in
    hasty = replace(QUICK, lease_seconds=5)
    async with running(studio.producer(database=own, timing=hasty)):
        await until(lambda: studio.video.begun)
        own.away.set()
        # a machine that stood still has cost a lease before
        closed, before = studio.video.closed, studio.read(job_id)
        await until(lambda: studio.video.closed > closed)
        assert studio.read(job_id).status is JobStatus.RUNNING
        studio.video.gate.set()
        own.away.clear()
        (job,) = await studio.ended(job_id)
    assert job.status is JobStatus.SUCCEEDED
    assert job.losses == job.attempt - 1 >= before.attempt
    assert studio.speech.begun == ["One."]
    assert_well_told(studio, job_id)
