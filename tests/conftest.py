"""Real services for the tests that ask for them, one set for each test process."""

import asyncio
import os
import random
import secrets
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import psycopg2
import pytest
from hypothesis import HealthCheck, settings
from sqlalchemy import Engine, NullPool, create_engine

from db import echoes
from db.schema import migrate
from db.session import Database, psycopg2_url
from pipeline.storage import Storage
from serve.client import StudioClient
from serve.services.objects import USUAL_PORTS, ObjectStore, StorageKeys
from serve.services.ports import OWN_RANGE
from serve.services.postgres import Postgres
from tests.leftovers import end_leftovers
from tests.running import RunningStudio

# a shared machine keeps no deadlines, and what passed once passes again
settings.register_profile(
    "lectern", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("lectern")

TEMPLATE = "lectern"
UNSAFE_AND_FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


@pytest.fixture(scope="session")
def short_folder() -> Iterator[Path]:
    """A folder with a short path: Unix sockets allow about 100 characters."""
    end_leftovers()
    with tempfile.TemporaryDirectory(prefix="lectern-tests-", dir="/tmp") as folder:
        (Path(folder) / "owner").symlink_to(str(os.getpid()))
        yield Path(folder)


@pytest.fixture(scope="session")
def postgres(short_folder: Path) -> Iterator[Postgres]:
    """A server whose database ``lectern`` is migrated, and from then on only copied."""
    server = Postgres(
        short_folder / "postgres",
        short_folder / "run",
        short_folder / "postgres.log",
        secrets.token_urlsafe(16),
        UNSAFE_AND_FAST,
    )
    try:
        server.start()
        migrate(server.url(TEMPLATE))
        yield server
    finally:
        server.stop()


def _execute(server: Postgres, statement: str) -> None:
    connection = psycopg2.connect(server.url("postgres"))
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            cursor.execute(statement)
    finally:
        connection.close()


@pytest.fixture
def empty_database_url(postgres: Postgres) -> Iterator[str]:
    """The address of a database without tables."""
    name = f"test_{uuid4().hex}"
    _execute(postgres, f"CREATE DATABASE {name} TEMPLATE template0")
    yield postgres.url(name)
    _execute(postgres, f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def migrated_database(server: Postgres) -> Iterator[str]:
    """The address of a fresh database with all tables."""
    name = f"test_{uuid4().hex}"
    _execute(server, f"CREATE DATABASE {name} TEMPLATE {TEMPLATE} STRATEGY file_copy")
    try:
        yield server.url(name)
    finally:
        _execute(server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def database_url(postgres: Postgres) -> Iterator[str]:
    """The address of a fresh, migrated database: for what opens its own connections."""
    with migrated_database(postgres) as url:
        yield url


@pytest.fixture(scope="session", autouse=True)
def patient_database() -> Iterator[None]:
    """A machine that stands still for a while costs no connection and no place in a pool."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("db.session.CONNECT_SECONDS", "db.schema.CONNECT_SECONDS"):
            patch.setattr(name, 120)
        patch.setattr("db.session.POOL_SECONDS", 120)
        yield


@pytest.fixture(scope="session")
def acquainted(postgres: Postgres) -> Engine:
    """An engine that has met the server; what was compiled for it, it need not compile again."""
    engine = create_engine(psycopg2_url(postgres.url("postgres")), poolclass=NullPool)
    engine.connect().close()
    return engine


@pytest.fixture
def database(database_url: str, acquainted: Engine) -> Iterator[Database]:
    """A fresh, migrated database."""
    opened = Database(database_url)
    # statements are kept by their dialect: with one of its own, each test would compile them all
    opened._engine.dialect = acquainted.dialect
    opened._engine._compiled_cache = acquainted._compiled_cache
    yield opened
    opened.close()


@pytest.fixture
def answering_producer(database: Database) -> Iterator[None]:
    """What a producer does with a ping, without the rest of it."""
    heeding, over = threading.Event(), threading.Event()

    async def answer() -> None:
        listener = database.listen([echoes.PINGS_CHANNEL])
        await listener.wait(0)  # connects: a ping before that is heard by nobody
        heeding.set()
        while not over.is_set():
            for notice in await listener.wait(0.2):
                with database.transaction() as session:
                    echoes.pong(session, notice.payload, "test")
        listener.close()

    thread = threading.Thread(target=lambda: asyncio.run(answer()))
    thread.start()
    assert heeding.wait(240)
    yield
    over.set()
    thread.join()


@pytest.fixture(scope="session")
def object_store(short_folder: Path) -> Iterator[ObjectStore]:
    keys = StorageKeys("lectern-tests", secrets.token_urlsafe(16), secrets.token_urlsafe(16))
    # leaves the usual ones to a real studio, and other test processes theirs
    ports = dict.fromkeys(USUAL_PORTS, random.choice(OWN_RANGE))
    store = ObjectStore(
        short_folder / "objects", short_folder / "objects.log", keys, "tests", ports
    )
    try:
        store.start()
        yield store
    finally:
        store.stop()


@pytest.fixture(scope="session")
def bucket(object_store: ObjectStore) -> Storage:
    made = object_store.storage(f"test-{uuid4().hex}")
    made.ensure_bucket()
    return made


@pytest.fixture
def storage(bucket: Storage) -> Storage:
    """An empty bucket: emptying one is twenty times as fast as making one and its client."""
    bucket.delete_prefix("")
    return bucket


@pytest.fixture(scope="session")
def running_studio(short_folder: Path) -> Iterator[RunningStudio]:
    """One whole studio for all tests marked ``cluster``."""
    studio = RunningStudio(short_folder / "home")
    studio.start()
    try:
        yield studio
    finally:
        studio.stop()


@pytest.fixture
def studio_client(running_studio: RunningStudio) -> Iterator[StudioClient]:
    with running_studio.client() as client:
        yield client
