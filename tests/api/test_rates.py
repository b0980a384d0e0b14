"""How often one may ask: counted by key, by user and by address, over all replicas together."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from math import ceil
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import func, select, update

from db import rates as buckets
from db.models import Asset, RateBucket
from db.rates import Bucket
from db.session import Database
from serve import rates
from serve.deps import Studio
from serve.ingress import create_app
from serve.rates import Kind, Meter, Purse, Rates
from tests.api.conftest import Person
from tests.api.problems import assert_problem
from tests.api.test_idempotency import with_scopes
from tests.factories import a_spec


@pytest.fixture(autouse=True)
def long_minutes(monkeypatch: pytest.MonkeyPatch) -> None:
    """While a machine stands still, no bucket fills and no purse is spoilt."""
    assert rates.MINUTE == 60.0, "what we promise"
    monkeypatch.setattr(rates, "MINUTE", 36_000.0)
    monkeypatch.setattr(rates, "PURSE_SECONDS", 36_000.0)


@contextmanager
def studio_with(studio: Studio, **given: Any) -> Iterator[TestClient]:
    app = create_app(replace(studio, rates=Rates(**given)))
    with TestClient(app, raise_server_exceptions=False) as client:
        yield client


def limits(answer: Any) -> tuple[str, str]:
    return answer.headers["ratelimit-policy"], answer.headers["ratelimit"]


def test_every_answer_says_what_is_left(studio: Studio, ada: Person) -> None:
    with studio_with(studio, read=3) as client:
        told = [limits(client.get("/api/jobs", headers=ada.headers)) for _ in range(3)]
    assert told == [
        ('"read";q=3;w=36000', '"read";r=2;t=12000'),
        ('"read";q=3;w=36000', '"read";r=1;t=24000'),
        ('"read";q=3;w=36000', '"read";r=0;t=36000'),
    ]


def test_too_many_requests_are_refused_until_it_says(studio: Studio, ada: Person) -> None:
    with studio_with(studio, read=2) as client:
        answers = [client.get("/api/jobs", headers=ada.headers) for _ in range(4)]
    assert [each.status_code for each in answers] == [200] * 2 + [429] * 2
    problem = assert_problem(answers[-1], 429, "rate_exceeded")
    seconds = int(answers[-1].headers["retry-after"])
    assert 1 <= seconds <= 18_000
    assert problem["detail"] == (
        f"There were too many requests; the next one can be made in {seconds} seconds."
    )
    assert limits(answers[-1]) == ('"read";q=2;w=36000', '"read";r=0;t=36000')


def test_a_bucket_fills_again_with_time(studio: Studio, ada: Person, database: Database) -> None:
    def statuses() -> list[int]:
        with studio_with(studio, read=3) as client:
            return [client.get("/api/jobs", headers=ada.headers).status_code for _ in range(5)]

    assert statuses() == [200] * 3 + [429] * 2
    with database.transaction() as db:
        earlier = RateBucket.filled_at - timedelta(seconds=24_000)
        db.execute(update(RateBucket).values(filled_at=earlier))
    assert statuses()[:3] == [200, 200, 429]


def test_each_kind_is_counted_by_itself(studio: Studio, ada: Person, portrait: Asset) -> None:
    with studio_with(studio, read=1, write=1, create=1) as client:

        def kinds() -> list[tuple[int, str]]:
            answers = (
                client.get("/api/jobs", headers=ada.headers),
                client.patch("/api/auth/me", headers=ada.headers, json={}),
                client.post("/api/jobs", headers=ada.headers, json=a_spec(portrait.id)),
            )
            return [(each.status_code, limits(each)[0]) for each in answers]

        policies = [f'"{kind}";q=1;w=36000' for kind in ("read", "write", "create")]
        assert kinds() == list(zip([200, 200, 202], policies, strict=True))
        assert kinds() == list(zip([429] * 3, policies, strict=True))


def test_what_models_must_work_for_counts_as_creating(studio: Studio, ada: Person) -> None:
    with studio_with(studio) as client:
        told = client.post("/api/scripts", headers=ada.headers, json={"prompt": "Rain"})
    assert limits(told)[0] == '"create";q=300;w=36000'


def test_keys_users_and_other_users_are_counted_apart(
    studio: Studio, ada: Person, bob: Person, database: Database
) -> None:
    keys = [with_scopes(database, ada.user, "lessons:read") for _ in range(2)]
    with studio_with(studio, read=1) as client:
        for headers in (ada.headers, bob.headers, *keys):
            asked = [client.get("/api/jobs", headers=headers).status_code for _ in range(2)]
            assert asked == [200, 429]


def test_all_sessions_of_a_user_are_counted_together(
    studio: Studio, ada: Person, database: Database
) -> None:
    ask = {"login": "ada", "password": "a quiet river at noon"}
    register = ask | {"email": "new@example.org", "username": "newcomer"}
    register.pop("login")
    with studio_with(studio, read=1) as client:
        client.post("/api/auth/register", json=register)
        tokens = [
            client.post("/api/auth/login", json=ask | {"login": "newcomer"}).json()["access_token"]
            for _ in range(2)
        ]
        asked = [
            client.get("/api/jobs", headers={"Authorization": f"Bearer {token}"}).status_code
            for token in tokens
        ]
    assert asked == [200, 429]


def test_whoever_is_not_known_is_counted_by_address(studio: Studio, ada: Person) -> None:
    with studio_with(studio, anonymous=3) as client:
        forged = {"Authorization": "Bearer lk_made_up"}
        asked = [
            client.get("/api/jobs"),
            client.get("/api/jobs", headers=forged),
            client.post("/api/auth/refresh"),
            client.get("/api/jobs", headers=forged),
            client.get("/api/jobs"),
        ]
        assert [each.status_code for each in asked] == [401, 401, 401, 429, 429]
        # who is known is not kept out by others at the same address
        assert client.get("/api/jobs", headers=ada.headers).status_code == 200


def test_addresses_are_those_that_trusted_proxies_tell(studio: Studio) -> None:
    app = create_app(replace(studio, rates=Rates(anonymous=1)))
    with TestClient(app, client=("10.0.0.1", 5000)) as client:
        told = [
            client.get("/api/jobs", headers={"X-Forwarded-For": address}).status_code
            for address in ("192.0.2.1", "192.0.2.2")
        ]
    assert told == [401, 429]


def test_a_network_of_ipv6_counts_as_one_address(studio: Studio) -> None:
    app = create_app(replace(studio, rates=Rates(anonymous=2)))
    asked = []
    for address in ("2001:db8::1", "2001:db8::2", "2001:db8::3", "2001:db8:1::1"):
        with TestClient(app, client=(address, 5000)) as client:
            asked.append(client.get("/api/jobs").status_code)
    assert asked == [401, 401, 429, 401]


def test_whether_the_process_lives_is_never_refused(studio: Studio) -> None:
    with studio_with(studio, anonymous=1) as client:
        answers = [client.get("/api/health/live") for _ in range(5)]
    assert {each.status_code for each in answers} == {200}
    assert "ratelimit" not in answers[0].headers


def test_a_rate_of_0_counts_nothing(studio: Studio, ada: Person, database: Database) -> None:
    with studio_with(studio, read=0) as client:
        answers = [client.get("/api/jobs", headers=ada.headers) for _ in range(5)]
    assert {each.status_code for each in answers} == {200}
    assert "ratelimit" not in answers[0].headers
    with database.transaction() as db:
        assert db.scalars(select(func.count()).select_from(RateBucket)).one() == 0


def spend(meter: Meter, requests: int) -> int:
    """How many of so many requests at once are let through."""

    async def all_at_once() -> list[Any]:
        return await asyncio.gather(*(meter.charge("key 1", Kind.READ) for _ in range(requests)))

    return sum(each.wait_seconds == 0 for each in asyncio.run(all_at_once()))


def test_two_replicas_let_through_what_one_would_and_less_at_most_by_a_purse(
    database: Database,
) -> None:
    size = 200
    purse = size // rates.PURSES_A_BUCKET
    one, other = Meter(database, Rates(read=size)), Meter(database, Rates(read=size))
    started = time.monotonic()
    through = [spend(one, 1), spend(other, 1), spend(one, 2 * size), spend(other, 2 * size)]
    refilled = ceil((time.monotonic() - started) * size / rates.MINUTE)
    assert size - purse <= sum(through[:3]) <= size + refilled
    assert size <= sum(through) <= size + refilled


def test_the_database_is_asked_once_a_purse(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []
    take = buckets.take

    def counted(*given: Any) -> buckets.Taken:
        asked.append(given)
        return take(*given)

    monkeypatch.setattr(buckets, "take", counted)
    assert spend(Meter(database, Rates(read=2000)), 1000) == 1000
    assert len(asked) == 10


def test_tokens_that_are_not_spent_soon_are_no_longer_good() -> None:
    purse = Purse()
    purse.fill(buckets.Taken(5, 0.0), Bucket(100, 60), now=1000.0)
    assert purse.spend(1000.0 + rates.PURSE_SECONDS - 1)
    assert not purse.spend(1000.0 + rates.PURSE_SECONDS)


def test_the_one_that_asked_longest_ago_makes_room(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rates, "MOST_PURSES", 2)
    meter = Meter(database, Rates(read=100))

    async def ask(*subjects: str) -> None:
        for subject in subjects:
            await meter.charge(subject, Kind.READ)

    asyncio.run(ask("a", "b", "a", "c"))
    assert [subject for subject, _ in meter._purses] == ["a", "c"]


def test_a_bucket_gives_what_it_has_and_is_never_more_than_full(database: Database) -> None:
    bucket = Bucket(10, 1e9)
    with database.transaction() as db:
        taken = [buckets.take(db, "key 1", "read", bucket, wanted) for wanted in (4, 4, 4, 4)]
        assert [each.granted for each in taken] == [4, 4, 2, 0]
        assert taken[-1].left == pytest.approx(0.0, abs=1e-3)
        db.execute(update(RateBucket).values(filled_at=func.now() - timedelta(seconds=3.6e8)))
        assert buckets.take(db, "key 1", "read", bucket, 100).granted == 3
    with database.transaction() as db:
        db.execute(update(RateBucket).values(filled_at=func.now() - timedelta(days=365000)))
        assert buckets.take(db, "key 1", "read", bucket, 100).granted == 10


def test_full_buckets_are_swept_and_nothing_else(database: Database) -> None:
    with database.transaction() as db:
        for subject in ("old", "new"):
            buckets.take(db, subject, "read", Bucket(10, rates.MINUTE), 1)
        old = func.now() - timedelta(seconds=2 * rates.MINUTE + 1)
        db.execute(update(RateBucket).where(RateBucket.subject == "old").values(filled_at=old))
    assert rates.sweep(database) == 1
    with database.transaction() as db:
        assert db.scalars(select(RateBucket.subject)).all() == ["new"]
