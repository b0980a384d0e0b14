"""Transactions and notices on a real Postgres."""

import asyncio
from collections.abc import Callable
from uuid import uuid4

import psycopg2
import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.orm import Session

from db.models import Event, Job, JobStatus, User
from db.session import EVENTS_CHANNEL, JOBS_CHANNEL, Database, Listener, Notice, psycopg2_url
from tests.factories import a_job, a_user


async def heard(listener: Listener, count: int) -> list[Notice]:
    notices: list[Notice] = []
    while len(notices) < count:
        notices += await listener.wait(300)
    return notices


def break_after(database: Database, making: Callable[[Session], object]) -> None:
    with database.transaction() as session:
        making(session)
        raise ZeroDivisionError


def test_a_transaction_that_raises_leaves_nothing(database: Database):
    with pytest.raises(ZeroDivisionError):
        break_after(database, a_user)
    with database.transaction() as session:
        assert session.scalars(select(User)).all() == []


def test_an_error_tells_nothing_of_what_was_to_be_written(database: Database):
    with database.transaction() as db:
        a_user(db, username="ada")
    with pytest.raises(IntegrityError) as error, database.transaction() as db:
        a_user(db, username="ada", password_hash="a secret")
    assert "INSERT INTO users" in str(error.value)
    assert "a secret" not in str(error.value)


def test_rows_are_readable_after_their_transaction(database: Database):
    with database.transaction() as session:
        user = a_user(session, email="ann@example.org")
    assert user.email == "ann@example.org"


def test_a_connection_that_died_is_replaced(database: Database):
    with database.transaction() as session:
        pid = session.scalar(text("SELECT pg_backend_pid()"))
    with database.transaction() as session:
        other = psycopg2.connect(
            session.get_bind().url.set(drivername="postgresql").render_as_string(False)
        )
    with other, other.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", (pid,))
    other.close()
    with database.transaction() as session:
        assert session.scalar(text("SELECT 1")) == 1


def test_a_process_never_holds_more_connections_than_its_pool(
    database_url: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("db.session.POOL_SECONDS", 0.1)
    small = Database(database_url, pool_size=1)
    with small.transaction() as session:
        session.execute(text("SELECT 1"))
        with pytest.raises(PoolTimeoutError), small.transaction() as second:
            second.execute(text("SELECT 1"))
    small.close()


@pytest.mark.parametrize(
    "written", ["postgres://a:b@h/d", "postgresql://a:b@h/d", "postgresql+psycopg2://a:b@h/d"]
)
def test_an_address_is_taken_however_it_is_written(written: str):
    assert psycopg2_url(written).render_as_string(False) == "postgresql+psycopg2://a:b@h/d"


async def listening(database: Database, *channels: str) -> Listener:
    listener = database.listen(channels)
    assert await listener.wait(300) == ()  # it has connected
    return listener


def test_a_listener_hears_of_new_jobs_and_events_once_they_are_committed(database: Database):
    async def listen() -> None:
        listener = await listening(database, JOBS_CHANNEL, EVENTS_CHANNEL)
        with database.transaction() as session:
            job = a_job(session, a_user(session))
            session.add(Event(job_id=job.id, number=1, making=1, kind="job.queued", data={}))
            session.flush()
            assert await listener.wait(0.05) == ()
        assert set(await heard(listener, 2)) == {
            Notice(JOBS_CHANNEL, str(job.id)),
            Notice(EVENTS_CHANNEL, f"{job.id}:1:{job.owner_id}"),
        }
        listener.close()

    asyncio.run(listen())


def test_a_job_that_comes_back_to_the_queue_is_told_again(database: Database):
    async def listen() -> None:
        with database.transaction() as session:
            owner = a_user(session)
            job = a_job(session, owner, status=JobStatus.CANCELLED, finished_at=text("now()"))
        listener = await listening(database, JOBS_CHANNEL)
        with database.transaction() as session:
            found = session.get_one(Job, job.id)
            found.status, found.finished_at = JobStatus.QUEUED, None
        assert await heard(listener, 1) == [Notice(JOBS_CHANNEL, str(job.id))]
        with database.transaction() as session:
            session.get_one(Job, job.id).title = "Only the title has changed"
        assert await listener.wait(0.05) == ()
        listener.close()

    asyncio.run(listen())


def test_a_job_that_is_rolled_back_is_not_told(database: Database):
    async def listen() -> None:
        listener = await listening(database, JOBS_CHANNEL)
        with pytest.raises(ZeroDivisionError):
            break_after(database, lambda session: a_job(session, a_user(session)))
        assert await listener.wait(0.05) == ()
        listener.close()

    asyncio.run(listen())


def test_a_listener_that_lost_its_connection_hears_again(database: Database):
    async def listen() -> None:
        listener = await listening(database, JOBS_CHANNEL)
        with database.transaction() as session:
            session.execute(
                text(
                    "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
                    " WHERE query LIKE 'LISTEN%' AND datname = current_database()"
                )
            )
        told, notices = set(), ()
        while not notices:
            notices = await listener.wait(0.1)
            with database.transaction() as session:
                told.add(Notice(JOBS_CHANNEL, str(a_job(session, a_user(session)).id)))
        assert set(notices) <= told
        listener.close()

    asyncio.run(listen())


def test_a_listener_waits_its_time_out_while_there_is_no_server():
    async def listen() -> None:
        nowhere = Database(f"postgresql://a@/b?host=/tmp/{uuid4().hex}")
        listener = nowhere.listen([JOBS_CHANNEL])
        loop = asyncio.get_running_loop()
        before = loop.time()
        assert await listener.wait(0.2) == ()
        assert loop.time() - before >= 0.2  # so that who waits in a loop does not spin
        listener.close()

    asyncio.run(listen())
