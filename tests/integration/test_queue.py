"""Leases and their fencing, fairness, and the numbering of events, on a real Postgres."""

import random
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from db import events, forecast, jobs, steps, work
from db.models import Event, Job, JobStatus, Lane, StepStatus
from db.session import JOBS_CHANNEL, Database, Notice
from tests.factories import a_spec, a_user


@pytest.fixture
def owner_id(database: Database) -> UUID:
    return an_owner(database)


def an_owner(database: Database) -> UUID:
    with database.transaction() as session:
        return a_user(session).id


def queued(database: Database, owner_id: UUID, priority: str = "interactive") -> UUID:
    with database.transaction() as session:
        return jobs.create(session, owner_id, a_spec(uuid4(), priority=priority)).id


def lease(database: Database, worker: str = "worker", seconds: float = 3600) -> work.Lease | None:
    with database.transaction() as session:
        return work.lease(session, worker, seconds)


def leased(database: Database, worker: str = "worker", seconds: float = 3600) -> work.Lease:
    held = lease(database, worker, seconds)
    assert held is not None
    return held


def read(database: Database, job_id: UUID) -> Job:
    with database.transaction() as session:
        return session.get_one(Job, job_id)


@contextmanager
def held_job(database: Database, held: work.Lease) -> Iterator[tuple[Session, Job]]:
    with database.transaction() as session:
        job = work.hold(session, held)
        assert job is not None
        yield session, job


def let_it_expire(database: Database, job_id: UUID) -> None:
    with database.transaction() as session:
        session.execute(
            update(Job)
            .where(Job.id == job_id)
            .values(leased_until=func.now() - timedelta(seconds=1))
        )


def test_a_lease_takes_the_oldest_job_and_says_so(database: Database, owner_id: UUID) -> None:
    first, second = queued(database, owner_id), queued(database, owner_id)
    held = leased(database, "north")
    assert held == work.Lease(first, owner_id, 1, 0)
    job = read(database, first)
    assert (job.status, job.leased_by, job.attempt) == (JobStatus.RUNNING, "north", 1)
    assert job.started_at is not None
    with database.transaction() as session:
        event = events.after(session, first, 1)[0]
        assert (event.kind, event.data) == ("job.started", {"attempt": 1, "taken_over": False})
    assert leased(database).job_id == second
    assert lease(database) is None


def test_two_workers_never_hold_the_same_job(database: Database, owner_id: UUID) -> None:
    made = {queued(database, owner_id) for _ in range(40)}

    def take_all(worker: str) -> list[UUID]:
        taken: list[UUID] = []
        while (held := lease(database, worker)) is not None:
            taken.append(held.job_id)
        return taken

    with ThreadPoolExecutor(4) as workers:
        taken = [job for got in workers.map(take_all, "abcd") for job in got]
    assert Counter(taken) == Counter(dict.fromkeys(made, 1))


def test_a_job_locked_by_another_transaction_is_passed_over(
    database: Database, owner_id: UUID
) -> None:
    first, second = queued(database, owner_id), queued(database, owner_id)
    with database.transaction() as session:
        assert jobs.lock(session, first) is not None
        assert leased(database).job_id == second


@pytest.mark.parametrize("seed", range(8))
def test_the_next_job_is_always_the_fair_one(database: Database, seed: int) -> None:
    """Against a plain model of the rule: lane, then fewest running of its owner, then oldest."""
    chance = random.Random(seed)
    owners = [an_owner(database) for _ in range(3)]
    waiting: list[tuple[bool, int, UUID, UUID]] = []  # batch?, age, owner, job
    running: list[tuple[work.Lease, UUID]] = []
    for age in range(40):
        what = chance.random()
        if what < 0.5:
            owner, batch = chance.choice(owners), chance.random() < 0.4
            job_id = queued(database, owner, "batch" if batch else "interactive")
            waiting.append((batch, age, owner, job_id))
        elif what < 0.85:
            loads = Counter(owner for _, owner in running)
            order = sorted((batch, loads[owner], at, job) for batch, at, owner, job in waiting)
            held = lease(database)
            assert (held and held.job_id) == (order[0][3] if order else None)
            if held is not None:
                waiting = [entry for entry in waiting if entry[3] != held.job_id]
                running.append((held, held.owner_id))
        elif running:
            held, _ = running.pop(chance.randrange(len(running)))
            with held_job(database, held) as (session, job):
                jobs.end(session, job, JobStatus.SUCCEEDED)


def test_an_interactive_job_does_not_wait_behind_a_batch(
    database: Database, owner_id: UUID
) -> None:
    for _ in range(5):
        queued(database, owner_id, "batch")
    other = queued(database, an_owner(database))
    assert leased(database).job_id == other


def test_a_worker_that_fell_silent_is_replaced(database: Database, owner_id: UUID) -> None:
    job_id = queued(database, owner_id)
    lost = leased(database, "north")
    assert lease(database, "south") is None
    let_it_expire(database, job_id)
    taken = leased(database, "south")
    assert taken == work.Lease(job_id, owner_id, 2, 1)
    with database.transaction() as session:
        last = events.after(session, job_id, 0)[-1]
        assert (last.kind, last.data) == ("job.started", {"attempt": 2, "taken_over": True})
        assert work.beat(session, lost, 3600) is work.Beat.LOST
        assert work.hold(session, lost) is None
        assert work.beat(session, taken, 3600) is work.Beat.HELD


def test_a_heartbeat_prolongs_the_lease_and_hears_of_a_cancel(
    database: Database, owner_id: UUID
) -> None:
    job_id = queued(database, owner_id)
    held = leased(database, seconds=1)
    before = read(database, job_id).leased_until
    with database.transaction() as session:
        assert work.beat(session, held, 60) is work.Beat.HELD
    after = read(database, job_id).leased_until
    assert before is not None
    assert after is not None
    assert after - before > timedelta(seconds=50)
    with database.transaction() as session:
        assert jobs.cancel(session, job_id)
    with database.transaction() as session:
        assert work.beat(session, held, 60) is work.Beat.CANCEL_ASKED
    assert read(database, job_id).status is JobStatus.RUNNING


def test_a_held_job_cannot_be_taken_over_before_its_writer_is_done(
    database: Database, owner_id: UUID
) -> None:
    job_id = queued(database, owner_id)
    held = leased(database)
    let_it_expire(database, job_id)
    with held_job(database, held) as (session, job):
        steps.start(session, job, "script", None)
        assert lease(database, "south") is None
    assert leased(database, "south").attempt == 2


def test_a_released_job_waits_for_its_pause(database: Database, owner_id: UUID) -> None:
    job_id = queued(database, owner_id)
    held = leased(database)
    with held_job(database, held) as (session, job):
        steps.start(session, job, "script", None)
        work.release(session, job, 3600, loss=True, code="infrastructure_lost", detail="gone")
    job = read(database, job_id)
    assert (job.status, job.losses, job.leased_until) == (JobStatus.QUEUED, 1, None)
    assert lease(database) is None
    with database.transaction() as session:
        assert work.hold(session, held) is None
        job = session.get_one(Job, job_id)
        assert job.steps[0].status is StepStatus.PENDING
        last = events.after(session, job_id, 0)[-1]
        assert last.kind == "job.retrying"
        assert last.data["pause_seconds"] == 3600


def test_a_job_that_was_to_be_cancelled_is_not_released(database: Database, owner_id: UUID) -> None:
    job_id = queued(database, owner_id)
    held = leased(database)
    with database.transaction() as session:
        jobs.cancel(session, job_id)
    with held_job(database, held) as (session, job):
        work.release(session, job, 0, code="worker_leaving", detail="")
    assert read(database, job_id).status is JobStatus.CANCELLED


def test_events_have_no_gaps_under_concurrent_writers(database: Database, owner_id: UUID) -> None:
    job_id = queued(database, owner_id)

    def write(writer: int) -> None:
        for turn in range(25):
            try:
                with database.transaction() as session:
                    events.append(session, job_id, "step.progress", writer=writer, turn=turn)
                    if turn % 5 == writer:
                        raise InterruptedError  # rolled back: its number is given again
            except InterruptedError:
                pass

    with ThreadPoolExecutor(4) as writers:
        list(writers.map(write, range(4)))
    with database.transaction() as session:
        history = events.after(session, job_id, 0)
    assert [event.number for event in history] == list(range(1, 1 + 1 + 4 * 20))
    for writer in range(4):
        turns = [e.data["turn"] for e in history if e.data.get("writer") == writer]
        assert turns == [turn for turn in range(25) if turn % 5 != writer]


def test_a_making_cannot_end_twice(database: Database, owner_id: UUID) -> None:
    job_id = queued(database, owner_id)
    with database.transaction() as session:
        jobs.cancel(session, job_id)

    def end_it_again() -> None:
        with database.transaction() as session:
            events.append(session, job_id, "job.succeeded")

    with pytest.raises(IntegrityError, match="uq_events_terminal"):
        end_it_again()
    with database.transaction() as session:
        ends = select(func.count()).where(Event.kind.in_(("job.succeeded", "job.cancelled")))
        assert session.scalar(ends) == 1


@pytest.mark.anyio
async def test_a_cancel_is_heard_by_whoever_listens(database: Database, owner_id: UUID) -> None:
    listener = database.listen([JOBS_CHANNEL, jobs.CANCELS_CHANNEL])
    assert await listener.wait(300) == ()
    job_id = queued(database, owner_id)
    assert await listener.wait(300) == (Notice(JOBS_CHANNEL, str(job_id)),)
    leased(database)
    with database.transaction() as session:
        jobs.cancel(session, job_id)
    assert await listener.wait(300) == (Notice(jobs.CANCELS_CHANNEL, str(job_id)),)
    listener.close()


def test_places_in_the_queue_follow_the_lease(database: Database) -> None:
    """As the queue stands, jobs are leased in the order of their places."""
    busy, other, third = (an_owner(database) for _ in range(3))
    for owner, priority in [
        (busy, "interactive"), (busy, "interactive"), (busy, "batch"), (other, "batch"),
        (busy, "interactive"), (other, "interactive"), (third, "batch"), (other, "interactive"),
    ]:  # fmt: skip
        queued(database, owner, priority)
    leased(database)
    with database.transaction() as session:
        waiting = session.scalars(select(Job.id).where(Job.status == JobStatus.QUEUED)).all()
        places = {job_id: forecast.position(session, job_id) for job_id in waiting}
    assert sorted(places.values(), key=str) == [1, 2, 3, 4, 5, 6, 7]
    order = [leased(database).job_id for _ in waiting]
    assert [places[job_id] for job_id in order] == [1, 2, 3, 4, 5, 6, 7]
    with database.transaction() as session:
        assert forecast.position(session, order[0]) is None


def test_depth_counts_what_could_run_now(database: Database, owner_id: UUID) -> None:
    with database.transaction() as session:
        assert forecast.depth(session) == forecast.QueueDepth(0, 0, 0.0)
    ids = [queued(database, owner_id) for _ in range(5)]
    leased(database)
    silent = leased(database)
    let_it_expire(database, silent.job_id)
    with database.transaction() as session:
        later = func.now() + timedelta(hours=1)
        session.execute(update(Job).where(Job.id == ids[4]).values(not_before=later))
        old = func.now() - timedelta(minutes=2)
        session.execute(update(Job).where(Job.id == ids[2]).values(not_before=old, created_at=old))
    with database.transaction() as session:
        depth = forecast.depth(session)
    assert (depth.waiting, depth.running) == (3, 1)
    assert 120 <= depth.oldest_seconds < 600


def test_time_left_comes_from_measured_speeds(database: Database, owner_id: UUID) -> None:
    puppet = {"name": "puppet"}
    for work_seconds in (10.0, 20.0, 90.0):
        queued(database, owner_id)
        held = leased(database)
        with held_job(database, held) as (session, job):
            steps.start(session, job, "video", puppet)
            steps.account(session, job, "video", work_seconds, 10.0)
            steps.succeed(session, job, "video")
            jobs.end(session, job, JobStatus.SUCCEEDED)
    with database.transaction() as session:
        assert forecast.speed(session, "video", "puppet", "512") == pytest.approx(
            forecast.USUAL_SPEED["video"]
        )
        session.execute(update(Job).values(spec=a_spec(uuid4(), video={"resolution": "512"})))
    with database.transaction() as session:
        assert forecast.speed(session, "video", "puppet", "512") == 2.0
        assert forecast.speed(session, "video", "other", "512") == 1.0
    job_id = queued(database, owner_id)
    held = leased(database)
    with held_job(database, held) as (session, job):
        for name in ("script", "speech", "package"):
            steps.succeed(session, job, name)
        steps.start(session, job, "video", puppet)
        for index in (0, 1):
            steps.speak_scene(session, job, index, seconds=20, key=f"key {index}", made=True)
        steps.report(session, job, "video", 0.25)
    with database.transaction() as session:
        job = session.get_one(Job, job_id)
        job.spec = a_spec(uuid4(), video={"resolution": "512"})
        assert forecast.seconds_left(session, job, None) == pytest.approx(0.75 * 40 * 2.0)
        jobs.end(session, job, JobStatus.SUCCEEDED)
        assert forecast.seconds_left(session, job, None) is None


def test_lanes_are_kept_with_the_job(database: Database, owner_id: UUID) -> None:
    assert read(database, queued(database, owner_id, "batch")).lane is Lane.BATCH
