"""Streams end soon after the sign-in, the key or the account by which they were opened."""

import asyncio
import threading
import time
from collections.abc import AsyncGenerator, Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import Any

import httpx
import pytest
from fastapi.sse import ServerSentEvent
from sqlalchemy import text, update
from sqlalchemy.exc import OperationalError

from db import users
from db.models import ApiKey, Asset, Role
from db.session import Database
from deployments.llm.fake import FakeScript
from pipeline.engines import ScriptPiece, ScriptRequest
from serve import admissions
from serve.access import Caller
from serve.admissions import Admissions
from serve.deps import Studio
from serve.ingress import create_app
from serve.security import token_hash
from tests.api.conftest import TOKENS, Person, served
from tests.api.problems import assert_problem
from tests.factories import a_spec, an_asset

PATIENCE_SECONDS = 240
SIGNED_OUT = ("session_ended", "You have been signed out.", "Sign in again.")


@dataclass
class Stream:
    """Events of a stream, read as they come."""

    answer: httpx.Response
    lines: Iterator[str]

    def next(self) -> tuple[str, str]:
        """Name and data; fails instead of reading pings for ever."""
        until, event = time.monotonic() + PATIENCE_SECONDS, ""
        for line in self.lines:
            assert time.monotonic() < until, "nothing comes"
            if line.startswith("event: "):
                event = line.removeprefix("event: ")
            if line.startswith("data: "):
                return event, line.removeprefix("data: ")
        return "", ""

    def problem(self) -> tuple[str, str, str]:
        """What the last event says: code, detail and advice."""
        while (told := self.next())[0] not in ("problem", ""):
            pass
        assert told[0] == "problem", "the stream ended without a word"
        assert self.next() == ("", ""), "nothing comes after it"
        problem: dict[str, str] = httpx.Response(200, text=told[1]).json()
        return problem["code"], problem["detail"], problem["advice"]


Follow = Callable[..., Stream]


@pytest.fixture
def follow() -> Iterator[Follow]:
    """Opens streams, which are closed after the test."""
    with ExitStack() as opened:

        def follow(address: str, token: str, method: str = "GET", **given: Any) -> Stream:
            headers = {"Authorization": token, "Accept": "text/event-stream"}
            timeout = httpx.Timeout(PATIENCE_SECONDS)
            asked = httpx.stream(method, address, headers=headers, timeout=timeout, **given)
            answer = opened.enter_context(asked)
            assert answer.status_code == 200
            stream = Stream(answer, answer.iter_lines())
            assert stream.next()[0], "it has begun"
            return stream

        yield follow


@pytest.fixture
def places(ada: Person, portrait: Asset) -> Sequence[str]:
    """Where something of Ada's can be followed: a job, all jobs, a batch."""
    job = ada.post("/api/jobs", json=a_spec(portrait.id)).json()["id"]
    batch = ada.post("/api/batches", json={"items": [a_spec(portrait.id)]}).json()["id"]
    return f"/api/jobs/{job}/events", "/api/events", f"/api/batches/{batch}/events"


def sign_in(database: Database, person: Person, refresh_hash: str = "of another") -> Person:
    """The same person at another browser."""
    with database.transaction() as db:
        session = users.open_session(
            db,
            person.user,
            refresh_hash=refresh_hash,
            expires_at=TOKENS.refresh_expiry(remember=False),
            remember=False,
            user_agent="another browser",
        )
    token = TOKENS.access(person.user.id, session.id)
    return Person(person.user, person.client, {"Authorization": f"Bearer {token}"})


def test_signing_out_everywhere_ends_every_stream_on_every_replica(
    ada: Person,
    bob: Person,
    server: str,
    studio: Studio,
    database: Database,
    database_url: str,
    places: Sequence[str],
    follow: Follow,
) -> None:
    other, elsewhere = sign_in(database, ada), Database(database_url)
    with served(create_app(replace(studio, database=elsewhere))) as second:
        followed = [
            follow(replica + place, person.headers["Authorization"])
            for replica in (server, second)
            for person in (ada, other)
            for place in places
        ]
        bobs = follow(f"{second}/api/events", bob.headers["Authorization"])
        assert other.post("/api/auth/logout-all").status_code == 204
        assert [stream.problem() for stream in followed] == [SIGNED_OUT] * 12
        again = httpx.get(second + places[0], headers=ada.headers, timeout=PATIENCE_SECONDS)
        assert_problem(again, 401, "token_refused")
        with database.transaction() as db:
            portrait = an_asset(db, bob.user)
        bob.post("/api/jobs", json=a_spec(portrait.id))
        assert bobs.next()[0] == "job.queued", "others are left alone"
    elsewhere.close()


def logout(ada: Person, other: Person, admin: Person) -> None:
    assert ada.post("/api/auth/logout").status_code == 204


def ending_it_from_another_browser(ada: Person, other: Person, admin: Person) -> None:
    mine = next(s for s in ada.get("/api/auth/sessions").json()["items"] if s["current"])
    assert other.delete(f"/api/auth/sessions/{mine['id']}").status_code == 204


def a_new_password_from_an_administrator(ada: Person, other: Person, admin: Person) -> None:
    assert admin.post(f"/api/admin/users/{ada.user.id}/password").status_code == 200


def disabling(ada: Person, other: Person, admin: Person) -> None:
    change = {"disabled": True}
    assert admin.patch(f"/api/admin/users/{ada.user.id}", json=change).status_code == 200


def another_role(ada: Person, other: Person, admin: Person) -> None:
    change = {"role": "viewer"}
    assert admin.patch(f"/api/admin/users/{ada.user.id}", json=change).status_code == 200


@pytest.mark.parametrize(
    ("end", "code", "spares"),
    [
        (logout, "session_ended", True),
        (ending_it_from_another_browser, "session_ended", True),
        (a_new_password_from_an_administrator, "session_ended", False),
        (disabling, "account_disabled", False),
        (another_role, "role_changed", False),
    ],
)
def test_a_stream_ends_with_what_it_came_by_and_says_why(
    end: Callable[[Person, Person, Person], None],
    code: str,
    spares: bool,
    ada: Person,
    signed_in: Callable[..., Person],
    server: str,
    database: Database,
    places: Sequence[str],
    portrait: Asset,
    follow: Follow,
) -> None:
    admin, other = signed_in(role=Role.ADMIN), sign_in(database, ada)
    token = ada.headers["Authorization"]
    followed = [follow(server + place, token) for place in places]
    others = follow(f"{server}/api/events", other.headers["Authorization"])
    end(ada, other, admin)
    assert [stream.problem()[0] for stream in followed] == [code] * 3
    if spares:
        other.post("/api/jobs", json=a_spec(portrait.id))
        assert others.next()[0] == "job.queued"
    else:
        assert others.problem()[0] == code


def test_who_is_given_another_role_is_let_in_again_as_far_as_it_reaches(
    ada: Person, signed_in: Callable[..., Person], server: str, follow: Follow
) -> None:
    admin, key = signed_in(role=Role.ADMIN), f"Bearer {a_key(ada)['key']}"
    followed = [follow(f"{server}/api/events", by) for by in (ada.headers["Authorization"], key)]
    another_role(ada, ada, admin)
    assert [stream.problem()[0] for stream in followed] == ["role_changed"] * 2
    again = [follow(f"{server}/api/events", by) for by in (ada.headers["Authorization"], key)]
    another_role(ada, ada, admin)
    disabling(ada, ada, admin)
    assert [stream.problem()[0] for stream in again] == ["account_disabled"] * 2


def test_a_refresh_token_that_is_used_twice_ends_the_streams_of_its_session(
    ada: Person, server: str, database: Database, follow: Follow
) -> None:
    other = sign_in(database, ada, token_hash("a refresh token"))
    stream = follow(f"{server}/api/events", other.headers["Authorization"])
    spent = {"refresh_token": "a refresh token"}
    assert ada.client.post("/api/auth/refresh", json=spent).status_code == 200
    assert ada.client.post("/api/auth/refresh", json=spent).status_code == 401
    assert stream.problem() == SIGNED_OUT


def a_key(ada: Person) -> dict[str, str]:
    asked = {"name": "course builder", "scopes": ["lessons:write"]}
    made: dict[str, str] = ada.post("/api/keys", json=asked).json()
    return made


KEY_ENDED = ("key_ended", "The API key has been revoked, or has run out.", "Use another key.")


def test_a_revoked_key_ends_its_streams_and_no_others(
    ada: Person, server: str, places: Sequence[str], portrait: Asset, follow: Follow
) -> None:
    key, kept = a_key(ada), a_key(ada)
    followed = [follow(server + place, f"Bearer {key['key']}") for place in places]
    others = follow(f"{server}/api/events", f"Bearer {kept['key']}")
    assert ada.delete(f"/api/keys/{key['id']}").status_code == 204
    assert [stream.problem() for stream in followed] == [KEY_ENDED] * 3
    ada.post("/api/jobs", json=a_spec(portrait.id))
    assert others.next()[0] == "job.queued"


@pytest.fixture
def never_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("serve.history.POLL_SECONDS", 600.0)
    monkeypatch.setattr("serve.admissions.CHECK_SECONDS", 600.0)


@pytest.fixture
def quick_check(never_by_itself: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("serve.admissions.CHECK_SECONDS", 0.2)


def test_a_key_that_runs_out_ends_its_streams_though_no_notice_tells(
    ada: Person,
    database: Database,
    quick_check: None,
    server: str,
    follow: Follow,
) -> None:
    stream = follow(f"{server}/api/events", f"Bearer {a_key(ada)['key']}")
    with database.transaction() as db:
        db.execute(update(ApiKey).values(expires_at=text("now()")))
    assert stream.problem() == KEY_ENDED


def test_what_ended_while_nobody_listened_is_noticed_when_the_listener_is_back(
    ada: Person,
    database: Database,
    places: Sequence[str],
    never_by_itself: None,
    server: str,
    follow: Follow,
) -> None:
    followed = [follow(server + place, ada.headers["Authorization"]) for place in places]
    with database.transaction() as db:
        # without triggers: nobody is told
        db.execute(text("SET LOCAL session_replication_role = replica"))
        assert users.end_sessions(db, ada.user.id) == 1
    with database.transaction() as db:
        listeners = (
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
            " WHERE query LIKE 'LISTEN%' AND datname = current_database()"
        )
        assert db.execute(text(listeners)).all()
    assert [stream.problem() for stream in followed] == [SIGNED_OUT] * 3


def test_a_script_is_not_written_on_for_who_has_been_signed_out(
    ada: Person, server: str, monkeypatch: pytest.MonkeyPatch, follow: Follow
) -> None:
    stopped = threading.Event()

    async def write(_: FakeScript, ask: ScriptRequest) -> AsyncGenerator[ScriptPiece, None]:
        try:
            yield ScriptPiece(0, ask.prompt or "", "Opening")
            await asyncio.Event().wait()
        finally:
            stopped.set()

    monkeypatch.setattr(FakeScript, "write", write)
    ask = {"prompt": "How rain is made", "audience": "children", "minutes": 1}
    token = ada.headers["Authorization"]
    stream = follow(f"{server}/api/scripts", token, "POST", json=ask)
    assert ada.post("/api/auth/logout").status_code == 204
    assert stream.problem() == SIGNED_OUT
    assert stopped.wait(PATIENCE_SECONDS), "nor kept in a writer's batch"


async def test_who_is_signed_out_between_the_door_and_their_seat_is_noticed_too(
    ada: Person, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And a database that does not answer is asked again."""
    asked = 0

    def ends(*given: Any) -> Any:
        nonlocal asked
        asked += 1
        if asked == 1:
            raise OperationalError("SELECT", {}, OSError("gone"))
        return found(*given)

    async def nothing() -> AsyncGenerator[ServerSentEvent, None]:
        await asyncio.Event().wait()
        yield ServerSentEvent(event="never")

    found = admissions._ends
    monkeypatch.setattr(admissions, "_ends", ends)
    monkeypatch.setattr(admissions, "RETRY_SECONDS", 0.0)
    claims = TOKENS.read(ada.headers["Authorization"].removeprefix("Bearer "))
    with database.transaction() as db:
        who = users.find_sign_in(db, claims.user_id, claims.session_id)
        assert who is not None
        users.end_sessions(db, ada.user.id)
    doors = Admissions(database)
    checking = asyncio.create_task(doors.check_forever())
    told = doors.while_admitted(Caller(who.user, session=who.session), nothing())
    events = [event async for event in told]
    checking.cancel()
    assert [event.event for event in events] == ["problem"]
    assert asked == 2
