"""Whether the studio says rightly how it is."""

import asyncio

import psycopg2
import pytest
from fastapi.testclient import TestClient

from deployments.kdtalker.fake import FakeVideo
from deployments.zyphra.fake import FakeSpeech
from pipeline.engines import EngineCard, SpeechRequest
from pipeline.errors import InfrastructureLost, StorageUnavailable
from pipeline.storage import Storage
from serve import echo
from serve.deps import Studio
from tests.api.conftest import Person
from tests.api.problems import assert_problem, fields


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who answers has the time for it, on any machine."""
    for wait in ("WAIT_SECONDS", "READY_SECONDS", "PRODUCER_SECONDS"):
        monkeypatch.setattr(echo, wait, 240.0)


def test_a_process_that_runs_is_alive(client: TestClient) -> None:
    assert client.get("/api/health/live").json() == {"status": "ok", "version": "1.2.3"}


@pytest.mark.usefixtures("patient")
def test_a_studio_whose_parts_answer_is_ready(client: TestClient) -> None:
    body = client.get("/api/health/ready").json()
    assert body["status"] == "ready"
    assert [part["part"] for part in body["parts"]] == [
        "database",
        "storage",
        "script",
        "speech",
        "video",
    ]
    assert all(part["ok"] and part["seconds"] >= 0 for part in body["parts"])


@pytest.mark.usefixtures("patient")
def test_a_studio_without_storage_or_voice_says_so(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def gone(self: FakeSpeech, ask: SpeechRequest) -> EngineCard:
        raise InfrastructureLost("Zyphra did not answer")

    def away(self: Storage, key: str) -> bool:
        raise StorageUnavailable("refused")

    monkeypatch.setattr(FakeSpeech, "card", gone)
    monkeypatch.setattr(Storage, "exists", away)
    answer = client.get("/api/health/ready")
    body = assert_problem(answer, 503, "not_ready", "Part of the studio does not answer.")
    assert fields(body) == {("storage", "not_ready"), ("speech", "not_ready")}
    assert answer.headers["retry-after"] == "5"


@pytest.mark.usefixtures("patient")
def test_a_studio_without_a_database_is_not_ready_but_alive(
    client: TestClient, studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as away:
        away.setattr(psycopg2, "connect", _refused)
        studio.database.close()
        body = assert_problem(client.get("/api/health/ready"), 503, "not_ready")
        assert fields(body) == {("database", "not_ready")}
        assert client.get("/api/health/live").status_code == 200
        assert_problem(
            client.post("/api/auth/login", json={"login": "ada", "password": "x"}),
            503,
            "database_unavailable",
            "The database does not answer.",
        )


def _refused(*args: object, **kwargs: object) -> None:
    raise psycopg2.OperationalError("connection refused")


@pytest.mark.usefixtures("answering_producer", "patient")
def test_a_ping_has_every_model_do_a_little(ada: Person) -> None:
    pong = ada.get("/api/worker/ping").json()
    assert pong["ok"] is True
    assert [(part["part"], (part["engine"] or {}).get("name")) for part in pong["parts"]] == [
        ("producer", None),
        ("script", "fake"),
        ("speech", "fake"),
        ("video", "fake"),
    ]
    assert all(part["seconds"] >= 0 for part in pong["parts"])


def test_a_ping_says_when_nobody_takes_jobs(ada: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(echo, "PRODUCER_SECONDS", 0.3)
    pong = ada.get("/api/worker/ping").json()
    assert pong["ok"] is False
    producer = pong["parts"][0]
    assert (producer["ok"], producer["detail"]) == (False, "no answer within 0.3 seconds")


@pytest.mark.usefixtures("answering_producer", "patient")
def test_a_ping_names_the_model_that_does_not_work(
    ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def silent(self: FakeVideo, ask: object):  # type: ignore[no-untyped-def]
        for nothing in ():
            yield nothing

    monkeypatch.setattr(FakeVideo, "animate", silent)
    pong = ada.get("/api/worker/ping").json()
    assert pong["ok"] is False
    assert [part["ok"] for part in pong["parts"]] == [True, True, True, False]
    assert pong["parts"][3]["detail"] == "The engine “video” stopped: it gave nothing"


@pytest.mark.usefixtures("answering_producer", "patient")
def test_a_model_that_hangs_does_not_hang_the_ping(
    ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def hang(self: FakeSpeech, ask: SpeechRequest) -> EngineCard:
        await asyncio.Event().wait()
        raise AssertionError

    monkeypatch.setattr(FakeSpeech, "card", hang)
    monkeypatch.setattr(echo, "WAIT_SECONDS", 0.2)
    speech = ada.get("/api/worker/ping").json()["parts"][2]
    assert (speech["ok"], speech["detail"]) == (False, "no answer within 0.2 seconds")
