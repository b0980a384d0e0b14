"""The whole HTTP interface on a real database and storage, with engines that need no model."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
import uvicorn
from fastapi import FastAPI
from fastapi.testclient import TestClient

from db import users
from db.models import Asset, Role, User
from db.session import Database
from deployments import model_files
from deployments.kdtalker.face import FaceFinder
from deployments.kdtalker.fake import FakeVideo
from deployments.llm.fake import FakeQuiz, FakeScript
from deployments.zyphra.fake import FakeSpeech
from pipeline.storage import Storage
from serve.deps import Studio
from serve.ingress import equip, interface
from serve.security import HashCost, Tokens
from tests.api.contract import assert_described
from tests.factories import a_user, an_asset

MODELS = Path(__file__).parents[2] / ".lectern" / "models"
TOKENS = Tokens("a secret that only the tests know, 32 bytes")
CHEAP = HashCost(passes=1, memory_kibibytes=64)
"""Of passwords; the usual cost, on purpose, takes longer than all else that a test does."""


@dataclass(frozen=True)
class Person:
    """Somebody who is signed in, at their browser."""

    user: User
    client: TestClient
    headers: dict[str, str]

    def get(self, path: str, **given: Any) -> httpx.Response:
        return self.send("GET", path, **given)

    def post(self, path: str, **given: Any) -> httpx.Response:
        return self.send("POST", path, **given)

    def patch(self, path: str, **given: Any) -> httpx.Response:
        return self.send("PATCH", path, **given)

    def delete(self, path: str, **given: Any) -> httpx.Response:
        return self.send("DELETE", path, **given)

    def send(self, method: str, path: str, **given: Any) -> httpx.Response:
        headers = self.headers | given.pop("headers", {})
        return self.client.request(method, path, headers=headers, **given)

    def upload(self, kind: str, data: bytes, name: str = "file") -> httpx.Response:
        return self.post("/api/assets", data={"kind": kind}, files={"file": (name, data)})


@pytest.fixture(scope="session")
def faces() -> FaceFinder:
    model_files.pull(["puppet"], MODELS, on_progress=lambda _: None)
    return FaceFinder(MODELS)


@pytest.fixture
def studio(database: Database, storage: Storage, faces: FaceFinder) -> Studio:
    return Studio(
        database=database,
        storage=storage,
        script=FakeScript(),
        quiz=FakeQuiz(),
        speech=FakeSpeech(),
        video=FakeVideo(),
        tokens=TOKENS,
        find_face=faces.inspect_portrait,
        version="1.2.3",
        echo_portrait=b"a picture",
        hash_cost=CHEAP,
    )


@cache
def the_interface(version: str) -> FastAPI:
    """One for all tests in turn: to lay out its routes takes longer than most of them."""
    return interface(version)


@pytest.fixture
def app(studio: Studio) -> FastAPI:
    return equip(the_interface(studio.version), studio)


@pytest.fixture
def client(app: FastAPI) -> Iterator[TestClient]:
    """Nobody in particular. Whatever is answered must be described."""
    with TestClient(app, raise_server_exceptions=False) as opened:
        opened.event_hooks["response"].append(assert_described)
        yield opened


@pytest.fixture
def signed_in(client: TestClient, database: Database) -> Callable[..., Person]:
    def sign_in(**given: Any) -> Person:
        with database.transaction() as db:
            user = a_user(db, **given)
            session = users.open_session(
                db,
                user,
                refresh_hash=uuid4().hex,
                expires_at=datetime.now(UTC) + timedelta(days=1),
                remember=False,
                user_agent="a test",
            )
        token = TOKENS.access(user.id, session.id)
        return Person(user, client, {"Authorization": f"Bearer {token}"})

    return sign_in


@pytest.fixture
def ada(signed_in: Callable[..., Person]) -> Person:
    return signed_in(username="ada", email="ada@example.org")


@pytest.fixture
def bob(signed_in: Callable[..., Person]) -> Person:
    return signed_in(username="bob", email="bob@example.org")


@pytest.fixture
def viewer(signed_in: Callable[..., Person]) -> Person:
    return signed_in(username="vic", email="vic@example.org", role=Role.VIEWER)


@pytest.fixture
def portrait(ada: Person, database: Database) -> Asset:
    """A portrait of Ada's, in the database only."""
    with database.transaction() as db:
        return an_asset(db, ada.user)


@pytest.fixture
def server(app: FastAPI) -> Iterator[str]:
    """The application behind a real socket; its address."""
    with served(app) as address:
        yield address


@contextmanager
def served(app: FastAPI) -> Iterator[str]:
    running = uvicorn.Server(uvicorn.Config(app, port=0, log_level="warning"))
    started = threading.Event()
    startup = running.startup

    async def start(*args: object, **kwargs: object) -> None:
        await startup(*args, **kwargs)  # type: ignore[arg-type]
        started.set()

    running.startup = start  # type: ignore[method-assign,assignment]
    thread = threading.Thread(target=running.run)
    thread.start()
    try:
        assert started.wait(240)
        port = running.servers[0].sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}"
    finally:
        running.should_exit = True
        thread.join(240)
