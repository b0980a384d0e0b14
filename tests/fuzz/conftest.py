"""One database, one bucket and one application for the whole run."""

from collections.abc import Iterator
from random import Random

import pytest
from schemathesis.python.asgi import get_client, shutdown_lifespans

from db.session import Database
from deployments.kdtalker.face import FaceFinder
from deployments.kdtalker.fake import FakeVideo
from deployments.llm.fake import FakeQuiz, FakeScript
from deployments.zyphra.fake import FakeSpeech
from pipeline.storage import Storage
from serve.deps import Studio
from serve.ingress import create_app
from serve.rates import Rates
from serve.services.postgres import Postgres
from tests.api.conftest import CHEAP, TOKENS, faces
from tests.conftest import migrated_database
from tests.fuzz.fuzzing import Fuzzing
from tests.fuzz.plan import Plan
from tests.fuzz.world import World

__all__ = ["faces"]
EVENTS_READ = 3
"""Of a stream; some never end."""


@pytest.fixture(scope="module")
def plan(pytestconfig: pytest.Config) -> Plan:
    """As the command asks for it, or the short one of every test run."""
    given: Plan | None = pytestconfig.pluginmanager.get_plugin("plan")
    return given or Plan()


@pytest.fixture(scope="module")
def studio_database(postgres: Postgres) -> Iterator[Database]:
    with migrated_database(postgres) as url:
        opened = Database(url)
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def fuzzing(
    studio_database: Database, bucket: Storage, faces: FaceFinder, plan: Plan
) -> Iterator[Fuzzing]:
    """Nothing is counted or limited: that is tested elsewhere, and would hide what is behind it."""
    studio = Studio(
        database=studio_database,
        storage=bucket,
        script=FakeScript(),
        quiz=FakeQuiz(),
        speech=FakeSpeech(),
        video=FakeVideo(),
        tokens=TOKENS,
        find_face=faces.inspect_portrait,
        version="1.2.3",
        echo_portrait=b"a picture",
        rates=Rates(0, 0, 0, 0),
        hash_cost=CHEAP,
    )
    world = World(studio_database, Random(plan.seed))
    with get_client(create_app(studio), max_stream_events=EVENTS_READ) as client:
        yield Fuzzing(client, world, plan)
    shutdown_lifespans()
