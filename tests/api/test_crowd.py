"""More requests at once than there are threads, or connections to the database."""

from concurrent.futures import ThreadPoolExecutor

import httpx

from db.models import Asset
from tests.api.conftest import Person
from tests.factories import a_spec

CROWD = 60


def test_a_crowd_is_answered_to_the_last(ada: Person, portrait: Asset, server: str) -> None:
    spec = a_spec(portrait.id)

    def ask(client: httpx.Client, number: int) -> int:
        if number % 3 == 0:
            return client.post("/api/jobs", json=spec).status_code
        return client.get("/api/jobs", params={"limit": 5}).status_code

    limits = httpx.Limits(max_connections=CROWD)
    with (
        httpx.Client(base_url=server, headers=ada.headers, limits=limits, timeout=120) as client,
        ThreadPoolExecutor(CROWD) as crowd,
    ):
        answers = list(crowd.map(lambda number: ask(client, number), range(3 * CROWD)))
    assert sorted(answers) == [200] * (2 * CROWD) + [202] * CROWD
    assert ada.get("/api/jobs").json()["total"] == CROWD
