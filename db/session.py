"""The way to the database: transactions, and notices as they come."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

import psycopg2
import psycopg2.extensions
from psycopg2.sql import SQL, Identifier
from sqlalchemy import URL, create_engine, make_url
from sqlalchemy.orm import Session, sessionmaker

CONNECT_SECONDS = 5
POOL_SECONDS = 10
EVENTS_CHANNEL = "lectern_events"
"""``job_id:number:owner_id[:batch_id]`` of every event, as soon as it is committed."""
JOBS_CHANNEL = "lectern_jobs"
"""The id of every job that has just come into the queue."""
ENDINGS_CHANNEL = "lectern_endings"
"""The id of every session that was ended, API key that was revoked and user who was disabled."""


def psycopg2_url(url: str) -> URL:
    """The address as SQLAlchemy wants it, whichever way the operator wrote it."""
    # hosting providers write postgres://, which SQLAlchemy refuses
    parsed = make_url(url.replace("postgres://", "postgresql://", 1))
    return parsed.set(drivername="postgresql+psycopg2")


class Database:
    """A pool of connections. Nothing is opened before the first transaction.

    ``pool_size`` is the most connections this process ever holds (a Listener takes one more);
    who finds none free waits, and gets ``sqlalchemy.exc.TimeoutError`` after ten seconds.
    """

    def __init__(self, url: str, pool_size: int = 10) -> None:
        self._engine = create_engine(
            psycopg2_url(url),
            pool_size=pool_size,
            max_overflow=0,
            pool_timeout=POOL_SECONDS,
            pool_pre_ping=True,  # a connection that died with its server is replaced unseen
            hide_parameters=True,  # errors are logged: neither hashes nor words of lessons are
            connect_args={"connect_timeout": CONNECT_SECONDS, "application_name": "lectern"},
        )
        self._sessions = sessionmaker(self._engine, expire_on_commit=False)

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """A session that commits when the block ends, and rolls back when it raises."""
        with self._sessions.begin() as session:
            yield session

    def listen(self, channels: Sequence[str]) -> "Listener":
        """A Listener on these channels; it hears from its first ``wait`` on."""
        _, arguments = self._engine.dialect.create_connect_args(self._engine.url)
        return Listener({**arguments, "connect_timeout": CONNECT_SECONDS}, channels)

    def close(self) -> None:
        """Closes the idle connections; those in use close when their transaction ends."""
        self._engine.dispose()


@dataclass(frozen=True, slots=True)
class Notice:
    """What a transaction said with NOTIFY when it committed."""

    channel: str
    payload: str


class Listener:
    """Hears LISTEN channels on a connection of its own. For one waiter at a time.

    Notices are hints: some are lost when the connection breaks. So ``wait`` also returns early,
    with nothing, each time it has (re)connected: whoever waits then looks into the tables again.
    """

    def __init__(self, connect_arguments: dict[str, Any], channels: Sequence[str]) -> None:
        self._arguments = connect_arguments
        self._channels = tuple(channels)
        self._connection: psycopg2.extensions.connection | None = None

    async def wait(self, timeout_seconds: float) -> tuple[Notice, ...]:
        """The notices since the last call, as soon as there is one; empty after the time is up.

        Never raises for a lost server: it connects anew, or sleeps the time out if it cannot.
        """
        deadline = asyncio.get_running_loop().time() + timeout_seconds
        if self._connection is not None:
            try:
                return await self._notices(self._connection, timeout_seconds)
            except psycopg2.Error:
                self.close()
        try:
            self._connection = await asyncio.to_thread(self._connect)
        except psycopg2.Error:
            await asyncio.sleep(max(0.0, deadline - asyncio.get_running_loop().time()))
        return ()

    def close(self) -> None:
        if self._connection is not None:
            with suppress(psycopg2.Error):
                self._connection.close()
            self._connection = None

    def _connect(self) -> psycopg2.extensions.connection:
        connection: psycopg2.extensions.connection = psycopg2.connect(**self._arguments)
        connection.autocommit = True
        with connection.cursor() as cursor:
            for channel in self._channels:
                cursor.execute(SQL("LISTEN {}").format(Identifier(channel)))
        return connection

    async def _notices(
        self, connection: psycopg2.extensions.connection, timeout_seconds: float
    ) -> tuple[Notice, ...]:
        if not connection.notifies:
            await _readable(connection.fileno(), timeout_seconds)
            connection.poll()
        heard = tuple(Notice(n.channel, n.payload) for n in connection.notifies)
        connection.notifies.clear()
        return heard


async def _readable(descriptor: int, timeout_seconds: float) -> None:
    """Returns when there is something to read, or when the time is up."""
    loop = asyncio.get_running_loop()
    ready = asyncio.Event()
    loop.add_reader(descriptor, ready.set)
    try:
        # not wait_for: in Python 3.11 it loses a cancellation that comes with the notice
        with suppress(TimeoutError):
            async with asyncio.timeout(timeout_seconds):
                await ready.wait()
    finally:
        loop.remove_reader(descriptor)
