"""Who may do what: every route of the description, asked by everyone there is.

The table is the OpenAPI document: a route says there which scope and role it needs. A new route is
taken in by itself; where its path names something of Ada's that is not known yet, that thing gets a
line in ``OWNED`` of ``tests/api/owned.py``, and where its example is no success for Ada, the body
that is gets one in ``SENT``.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy.orm import Session as Transaction

from db import keys
from db.models import Role, User
from db.session import Database
from serve.access import Scope
from tests.api.described import Operation, operations
from tests.api.owned import (
    ANYONES,
    OWNED,
    PASSWORD,
    Made,
    a_key,
    a_spoken_consent,
    bearer,
    password_hash,
    signed,
)
from tests.api.problems import assert_problem
from tests.factories import a_spec, a_user

OPERATIONS = operations()
PUBLIC = {"register", "login", "refresh", "live", "ready"}

SENT: dict[str, Callable[[Made], dict[str, Any]]] = {
    "register": lambda _: {
        "json": {"email": "new@example.org", "username": "newcomer", "password": PASSWORD}
    },
    "updateMe": lambda _: {"json": {}},
    "createAsset": lambda _: {"data": {"kind": "script"}, "files": {"file": ("a.txt", b"Hello.")}},
    "checkProvenance": lambda _: {"files": {"file": ("a.wav", b"No sound.")}},
    "createJob": lambda made: {"json": a_spec(UUID(made["asset_id"]))},
    "remakeJob": lambda made: {"json": a_spec(UUID(made["asset_id"]))},
    "takeSlides": lambda _: {"files": {"other": ("slides.pptx", b"something")}},
    "speakConsent": lambda _: {
        "data": {"phrase_id": str(uuid4())},
        "files": {"file": ("spoken.flac", b"something")},
    },
    "createBatch": lambda made: {"json": {"items": [a_spec(UUID(made["asset_id"]))]}},
    "downloadCourse": lambda made: {"params": {"title": "A course", "lesson": made["job_id"]}},
}
"""What is sent instead of the example."""
OWNER_GETS = {
    "retryJob": 409,
    "askConsentPhrase": 409,
    "speakConsent": 404,
    "vouchForConsent": 409,
    "takeSlides": 422,
    "retryBatch": 409,
    "createEmbed": 409,
    "downloadCourse": 409,
    "downloadBatchCourse": 409,
    "updateDraft": 428,
    "refresh": 401,
    "checkProvenance": 422,
}
"""Where Ada's own answer is no success: her job waits in the queue, she does not say which version
of her draft she changes, her cookie is not sent, a portrait speaks no consent, her form
lacks its file, and the consent was vouched for while it was seen who may."""


@dataclass(frozen=True)
class Crowd:
    """Everyone, by the headers they send; and what is Ada's."""

    headers: dict[str, dict[str, str]]
    key_with: Callable[[str, list[str]], dict[str, str]]
    made: Made


@pytest.fixture
def crowd(database: Database) -> Crowd:
    with database.transaction() as db:
        people = _people(db)
        headers = {name: signed(db, user) for name, user in people.items()}
        headers["anonymous"] = {}
        headers["disabled user's key"] = bearer(a_key(db, people["disabled"], list(Scope))[0])
        revoked, revoked_id = a_key(db, people["owner"], list(Scope))
        keys.revoke(db, people["owner"].id, revoked_id)
        headers["revoked key"] = bearer(revoked)
        made = {name: make(db, people["owner"]) for name, make in OWNED.items()} | ANYONES
        # nobody who asks: what is done to them must not end what others do here
        sue = a_user(db, username="sue")
        made |= {"user_id": str(sue.id), "consent_id": str(a_spoken_consent(db, sue))}

    def key_with(name: str, scopes: list[str]) -> dict[str, str]:
        with database.transaction() as db:
            return bearer(a_key(db, people[name], scopes)[0])

    return Crowd(headers, key_with, made)


def _people(db: Transaction) -> dict[str, User]:
    password = {"password_hash": password_hash()}
    return {
        "owner": a_user(db, username="ada", **password),
        "other": a_user(db, username="bob", **password),
        "viewer": a_user(db, username="vic", role=Role.VIEWER, **password),
        "admin": a_user(db, username="root", role=Role.ADMIN, **password),
        "disabled": a_user(db, username="eve", disabled_at=datetime.now(UTC)),
    }


@dataclass(frozen=True)
class Asking:
    operation: Operation
    crowd: Crowd
    http: httpx.Client

    def by(self, headers: dict[str, str]) -> httpx.Response:
        """The answer; of an endless one, only how it begins."""
        path = self.operation.path.format(**self.crowd.made)
        with self.http.stream(
            self.operation.method, path, headers=headers, **self._sent()
        ) as answer:
            if not (self.operation.streams and answer.status_code == 200):
                answer.read()
            return answer

    def _sent(self) -> dict[str, Any]:
        if self.operation.id in SENT:
            return SENT[self.operation.id](self.crowd.made)
        return {} if self.operation.example is None else {"json": self.operation.example}


@pytest.fixture(params=OPERATIONS, ids=lambda operation: operation.id)
def asking(request: pytest.FixtureRequest, crowd: Crowd, server: str) -> Iterator[Asking]:
    if request.param.id == "ping":  # which waits long for a producer that is not there
        request.getfixturevalue("answering_producer")
    # it speaks plain HTTP: no certificates need be read
    with httpx.Client(base_url=server, timeout=60, verify=False) as http:
        yield Asking(request.param, crowd, http)


def test_every_route_says_what_it_needs() -> None:
    ruled = {*Scope, "session"}
    without = {each.id for each in OPERATIONS if not ruled.intersection(each.scopes)}
    assert without == PUBLIC


def test_all_that_a_path_names_is_known_here() -> None:
    places = {
        part.strip("{}") for each in OPERATIONS for part in each.path.split("/") if "{" in part
    }
    assert places <= {*OWNED, *ANYONES, "user_id", "consent_id"}


def test_a_route_serves_whom_it_should_and_nobody_else(asking: Asking) -> None:
    operation, crowd = asking.operation, asking.crowd
    if operation.needed is not None:
        _the_unknown_are_refused(asking)
        _keys_reach_no_further_than_their_scopes(asking)
        _roles_are_minded(asking)
    best = "admin" if "role:admin" in (operation.needed or ()) else "owner"
    answer = asking.by(crowd.headers[best])
    expected = OWNER_GETS.get(operation.id)
    assert answer.status_code == expected if expected else answer.is_success, _told(answer)


def _the_unknown_are_refused(asking: Asking) -> None:
    anonymous = asking.by(asking.crowd.headers["anonymous"])
    assert_problem(anonymous, 401, "not_signed_in", "This needs an access token.")
    assert anonymous.headers["www-authenticate"] == "Bearer"
    for name in ("revoked key", "disabled", "disabled user's key"):
        answer = asking.by(asking.crowd.headers[name])
        assert_problem(answer, 401, "token_refused")
        assert answer.headers["www-authenticate"] == 'Bearer error="invalid_token"'


def _keys_reach_no_further_than_their_scopes(asking: Asking) -> None:
    operation, key_with = asking.operation, asking.crowd.key_with
    if "session" in operation.scopes:
        assert_problem(asking.by(key_with("owner", list(Scope))), 403, "session_needed")
        return
    writes = [scope for scope in operation.scopes if scope.endswith(":write")]
    lost = (writes or operation.scopes)[0]
    kept = [s for s in Scope if s != lost and s.replace(":write", ":read") != lost]
    best = "admin" if "role:admin" in (operation.needed or ()) else "other"
    assert_problem(asking.by(key_with("owner", list(kept))), 403, "scope_missing")
    assert asking.by(key_with(best, [lost])).status_code not in (401, 403)


def _roles_are_minded(asking: Asking) -> None:
    owned = any(f"{{{name}}}" in asking.operation.path for name in OWNED)
    for name, role in (("viewer", 0), ("other", 1), ("admin", 2)):
        answer = asking.by(asking.crowd.headers[name])
        if role < _least(asking.operation):
            assert_problem(answer, 403, "not_allowed")
        elif owned:
            assert answer.status_code == 404, _told(answer)
        else:
            assert answer.status_code not in (401, 403), _told(answer)


def _least(operation: Operation) -> int:
    roles = {"role:creator": 1, "role:admin": 2}
    return max((roles[each] for each in (operation.needed or ()) if each in roles), default=0)


def _told(answer: httpx.Response) -> str:
    return f"{answer.status_code} {answer.text if answer.is_stream_consumed else ''}"
