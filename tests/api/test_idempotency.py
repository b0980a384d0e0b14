"""A request that is sent twice does its work once: on a real database, over two replicas."""

import json
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import func, null, select, update
from sqlalchemy.exc import OperationalError

from db import idempotency as kept_answers
from db import keys, users
from db.models import ApiKey, Asset, Job, KeyedAnswer, Role, User
from db.session import Database
from serve import idempotency, lessons
from serve.deps import Studio
from serve.ingress import create_app
from serve.security import Tokens, new_api_key, token_hash
from tests.api.conftest import TOKENS, Person
from tests.api.described import operations
from tests.api.problems import assert_problem, fields
from tests.factories import a_spec

REPLAYED = "idempotency-replayed"
CROWD = 50
CREATE_NOTHING = {
    "login", "refresh", "logout", "logoutAll", "changePassword", "confirmUpload", "writeScript",
    "estimateScript", "estimateJob", "cancelJob", "retryJob", "cancelBatch", "checkBatch",
    "testWebhook", "rotateSecret", "openFeed", "vouchForConsent", "retryBatch", "draftQuiz",
    "checkProvenance",
}  # fmt: skip
"""POSTs after which nothing is there that was not there before."""


def keyed(key: str) -> dict[str, str]:
    return {"Idempotency-Key": key}


def jobs_there(database: Database) -> int:
    with database.transaction() as db:
        return db.scalars(select(func.count()).select_from(Job)).one()


def make(person: Person, portrait: Asset, key: str, **given: Any) -> httpx.Response:
    return person.post("/api/jobs", json=a_spec(portrait.id, **given), headers=keyed(key))


def test_the_same_request_gets_the_first_answer_again(
    ada: Person, portrait: Asset, database: Database
) -> None:
    first = make(ada, portrait, "one")
    ada.post(f"/api/jobs/{first.json()['id']}/cancel")
    again = make(ada, portrait, "one")
    assert (first.status_code, again.status_code) == (202, 202)
    assert again.content == first.content
    assert again.headers["location"] == first.headers["location"]
    assert again.headers["content-type"] == first.headers["content-type"]
    assert (REPLAYED in first.headers, again.headers[REPLAYED]) == (False, "true")
    assert again.headers["x-request-id"] != first.headers["x-request-id"]
    assert jobs_there(database) == 1


def test_without_a_key_or_with_another_one_the_work_is_done_again(
    ada: Person, portrait: Asset, database: Database
) -> None:
    spec = a_spec(portrait.id)
    ids = {ada.post("/api/jobs", json=spec).json()["id"] for _ in range(2)}
    ids |= {make(ada, portrait, key).json()["id"] for key in ("one", "two")}
    assert len(ids) == jobs_there(database) == 4


def test_what_a_json_body_means_counts_and_not_how_it_is_written(
    ada: Person, portrait: Asset
) -> None:
    spec = a_spec(portrait.id)
    turned = dict(reversed(spec.items()))
    headers = keyed("one") | {"Content-Type": "application/json"}
    first = ada.post("/api/jobs", content=json.dumps(spec), headers=headers)
    again = ada.post("/api/jobs", content=json.dumps(turned, indent=3), headers=headers)
    assert first.status_code == 202, first.text
    assert again.headers[REPLAYED] == "true"


def test_a_change_and_a_whole_of_the_same_words_are_not_the_same_request(
    ada: Person, portrait: Asset
) -> None:
    place = f"/api/jobs/{make(ada, portrait, 'one').json()['id']}/remake"
    spec = json.dumps(a_spec(portrait.id))
    whole, part = (
        ada.post(place, content=spec, headers=keyed("two") | {"Content-Type": kind})
        for kind in ("application/json", "application/merge-patch+json")
    )
    assert whole.status_code == 202, whole.text
    assert_problem(part, 422, "idempotency_mismatch")


def test_another_body_under_the_same_key_is_refused(
    ada: Person, portrait: Asset, database: Database
) -> None:
    make(ada, portrait, "one")
    other = make(ada, portrait, "one", title="Something else")
    told = "Something else was asked for with this Idempotency-Key before."
    assert_problem(other, 422, "idempotency_mismatch", told)
    assert jobs_there(database) == 1


def test_another_route_under_the_same_key_is_refused(ada: Person, portrait: Asset) -> None:
    job = make(ada, portrait, "one").json()
    path = f"/api/jobs/{job['id']}/remake"
    answer = ada.post(path, json=a_spec(portrait.id), headers=keyed("one"))
    assert_problem(answer, 422, "idempotency_mismatch")


def test_the_keys_of_two_accounts_never_meet(
    ada: Person, bob: Person, portrait: Asset, database: Database
) -> None:
    text = {"kind": "script", "filename": "a.txt", "content_type": "text/plain", "size": 5}
    ask = text | {"sha256": "0" * 64}
    first, second = (
        person.post("/api/assets/uploads", json=ask, headers=keyed("one")) for person in (ada, bob)
    )
    assert first.json()["asset"]["id"] != second.json()["asset"]["id"]
    assert REPLAYED not in second.headers


def test_fifty_at_once_over_two_replicas_make_one_job_and_get_one_answer(
    ada: Person,
    portrait: Asset,
    studio: Studio,
    database: Database,
    server: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # a crowd on a busy machine: none is sent away to come again
    monkeypatch.setattr(idempotency, "WAIT_SECONDS", 120.0)
    spec, headers = a_spec(portrait.id), ada.headers | keyed("one")
    limits = httpx.Limits(max_connections=CROWD)
    with (
        TestClient(create_app(studio)) as other_replica,
        httpx.Client(base_url=server, timeout=120, limits=limits) as this_replica,
        ThreadPoolExecutor(CROWD) as crowd,
    ):

        def ask(number: int) -> httpx.Response:
            client = other_replica if number % 5 == 0 else this_replica
            return client.post("/api/jobs", json=spec, headers=headers)

        for client in (this_replica, other_replica):
            client.get("/api/nowhere")  # routes are made ready by the first who asks
        answers = list(crowd.map(ask, range(CROWD)))
    assert {answer.status_code for answer in answers} == {202}
    assert len({answer.content for answer in answers}) == 1
    assert sum(REPLAYED in answer.headers for answer in answers) == CROWD - 1
    assert jobs_there(database) == 1


def test_a_refusal_did_nothing_so_its_key_can_be_used_for_what_was_meant(
    ada: Person, portrait: Asset, database: Database
) -> None:
    refused = make(ada, portrait, "one", title="")
    assert_problem(refused, 422, "request_invalid")
    late = make(ada, portrait, "one", voice_id=str(portrait.id))
    assert fields(late.json()) == {("voice_id", "asset_wrong_kind")}
    assert make(ada, portrait, "one").status_code == 202
    assert jobs_there(database) == 1


def claim(database: Database, person: Person, key: str, seconds: float) -> UUID:
    """Somebody works under the key: a replica that answers nobody here."""
    place = idempotency._place(f"user {person.user.id}", key)
    with database.transaction() as db:
        token = kept_answers.claim(db, place, "", seconds=seconds, kept_seconds=3600)
    assert token is not None
    return token


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(idempotency, "WAIT_SECONDS", 0.0)


def test_whoever_comes_while_the_first_is_worked_at_is_asked_to_come_again(
    ada: Person, portrait: Asset, database: Database, impatient: None
) -> None:
    make(ada, portrait, "one")
    with database.transaction() as db:
        later = func.now() + timedelta(seconds=600)
        unanswered = dict.fromkeys(("status", "headers", "body"), null())
        db.execute(update(KeyedAnswer).values(claimed_until=later, **unanswered))
    answer = make(ada, portrait, "one")
    assert_problem(answer, 409, "idempotency_in_progress")
    assert answer.headers["retry-after"] == "2"
    other = make(ada, portrait, "one", title="Something else")
    assert_problem(other, 422, "idempotency_mismatch")


def test_the_key_of_a_replica_that_died_is_free_when_its_claim_has_run_out(
    ada: Person, portrait: Asset, database: Database
) -> None:
    claim(database, ada, "one", seconds=-1)
    answer = make(ada, portrait, "one")
    assert answer.status_code == 202
    assert jobs_there(database) == 1


def test_work_and_answer_are_kept_together_or_not_at_all(
    ada: Person, portrait: Asset, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*given: object) -> bool:
        raise OperationalError("UPDATE", {}, Exception("the server is gone"))

    with monkeypatch.context() as broken:
        broken.setattr(kept_answers, "answer", die)
        broken.setattr(idempotency, "CLAIM_SECONDS", 0.0)
        assert_problem(make(ada, portrait, "one"), 503, "database_unavailable")
    assert jobs_there(database) == 0
    assert make(ada, portrait, "one").status_code == 202
    assert jobs_there(database) == 1


def test_who_lost_the_key_while_it_worked_undoes_its_work(
    ada: Person, portrait: Asset, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(idempotency, "CLAIM_SECONDS", -1.0)
    check = lessons.check_spec

    def slowly(*given: Any) -> None:
        claim(database, ada, "one", seconds=600)
        check(*given)

    monkeypatch.setattr(lessons, "check_spec", slowly)
    assert_problem(make(ada, portrait, "one"), 409, "idempotency_in_progress")
    assert jobs_there(database) == 0


def test_a_request_that_takes_long_keeps_its_key(
    ada: Person, portrait: Asset, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(idempotency, "HOLD_EVERY_SECONDS", 0.01)
    check, moved = lessons.check_spec, []

    def until() -> Any:
        with database.transaction() as db:
            return db.scalars(select(KeyedAnswer.claimed_until)).one()

    def slowly(*given: Any) -> None:
        first, deadline = until(), time.monotonic() + 60
        while until() == first and time.monotonic() < deadline:
            time.sleep(0.02)
        moved.append(until() > first)
        check(*given)

    monkeypatch.setattr(lessons, "check_spec", slowly)
    assert make(ada, portrait, "one").status_code == 202
    assert moved == [True]


def test_a_day_later_the_key_is_forgotten(ada: Person, portrait: Asset, database: Database) -> None:
    make(ada, portrait, "one")
    with database.transaction() as db:
        kept = db.scalars(select(KeyedAnswer.expires_at - func.now())).one()
        assert timedelta(hours=23, minutes=50) < kept <= timedelta(hours=24)
        db.execute(update(KeyedAnswer).values(expires_at=func.now() - timedelta(seconds=1)))
    other = make(ada, portrait, "one", title="Something else")
    assert (other.status_code, REPLAYED in other.headers) == (202, False)
    assert jobs_there(database) == 2


def test_what_is_forgotten_is_swept_and_nothing_else(
    ada: Person, portrait: Asset, database: Database
) -> None:
    for key in ("old", "new"):
        make(ada, portrait, key)
    old = idempotency._place(f"user {ada.user.id}", "old").key
    with database.transaction() as db:
        past = {"expires_at": func.now() - timedelta(seconds=1)}
        db.execute(update(KeyedAnswer).where(KeyedAnswer.key == old).values(past))
    assert idempotency.sweep(database) == 1
    assert make(ada, portrait, "new").headers[REPLAYED] == "true"


def test_an_api_key_is_made_once_and_kept_sealed(ada: Person, database: Database) -> None:
    ask = {"name": "course builder", "scopes": ["lessons:write"]}
    first, again = (ada.post("/api/keys", json=ask, headers=keyed("one")) for _ in range(2))
    secret = first.json()["key"]
    assert again.json()["key"] == secret
    with database.transaction() as db:
        assert db.scalars(select(func.count()).select_from(ApiKey)).one() == 1
        row = db.scalars(select(KeyedAnswer)).one()
        assert row.body is not None
        assert secret.encode() not in row.body
        assert "one" not in row.key


def with_scopes(database: Database, user: User, *scopes: str) -> dict[str, str]:
    key = new_api_key()
    with database.transaction() as db:
        keys.add(
            db,
            user.id,
            name="a key",
            hint="lk_",
            key_hash=token_hash(key),
            scopes=scopes,
            expires_at=None,
        )
    return {"Authorization": f"Bearer {key}"}


def test_the_answer_is_told_only_to_who_may_ask(
    ada: Person, portrait: Asset, database: Database
) -> None:
    make(ada, portrait, "one")
    spec = a_spec(portrait.id)

    def by(*scopes: str) -> httpx.Response:
        headers = with_scopes(database, ada.user, *scopes) | keyed("one")
        return ada.client.post("/api/jobs", json=spec, headers=headers)

    assert_problem(by("lessons:read"), 403, "scope_missing")
    assert by("lessons:write").headers[REPLAYED] == "true"
    with database.transaction() as db:
        db.execute(update(User).where(User.id == ada.user.id).values(role=Role.VIEWER))
    assert_problem(make(ada, portrait, "one"), 403, "not_allowed")


def test_an_account_is_made_once(client: TestClient, database: Database) -> None:
    ask = {"email": "new@example.org", "username": "newcomer", "password": "a quiet river at noon"}
    first, again = (
        client.post("/api/auth/register", json=ask, headers=keyed("one")) for _ in range(2)
    )
    assert first.status_code == 201, first.text
    assert again.content == first.content
    assert again.headers[REPLAYED] == "true"
    other = client.post(
        "/api/auth/register", json=ask | {"password": "another river"}, headers=keyed("one")
    )
    assert_problem(other, 422, "idempotency_mismatch")
    with database.transaction() as db:
        assert users.by_login(db, "newcomer") is not None


def test_an_upload_is_known_by_its_fields_and_its_file(ada: Person, studio: Studio) -> None:
    def upload(data: bytes, name: str = "notes.txt") -> httpx.Response:
        form: dict[str, Any] = {"data": {"kind": "script"}, "files": {"file": (name, data)}}
        return ada.post("/api/assets", headers=keyed("one"), **form)

    first, again = upload(b"Rain falls."), upload(b"Rain falls.")
    assert first.status_code == 201, first.text
    assert again.content == first.content
    assert again.headers["location"] == first.headers["location"]
    assert_problem(upload(b"Snow falls."), 422, "idempotency_mismatch")
    assert_problem(upload(b"Rain falls.", "other.txt"), 422, "idempotency_mismatch")
    assert ada.get("/api/assets").json()["total"] == 1
    address = ada.get(f"/api/assets/{first.json()['id']}/download").json()["address"]
    assert httpx.get(address, timeout=60).content == b"Rain falls."


@pytest.mark.parametrize("key", ["", "x" * 256])
def test_a_key_has_between_1_and_255_characters(ada: Person, portrait: Asset, key: str) -> None:
    refused = assert_problem(make(ada, portrait, key), 422, "request_invalid")
    assert {place for place, _ in fields(refused)} == {"Idempotency-Key"}
    assert make(ada, portrait, "x" * 255).status_code == 202


@pytest.fixture
def under(studio: Studio, ada: Person, portrait: Asset) -> Callable[[Tokens], httpx.Response]:
    """Ada's request, to a studio with these secrets."""

    def ask(tokens: Tokens) -> httpx.Response:
        with studio.database.transaction() as db:
            session = users.sessions_page(db, ada.user.id).items[0]
        token = tokens.access(ada.user.id, session.id)
        headers = {"Authorization": f"Bearer {token}"} | keyed("one")
        with TestClient(create_app(replace(studio, tokens=tokens))) as client:
            return client.post("/api/jobs", json=a_spec(portrait.id), headers=headers)

    return ask


def test_answers_outlive_a_change_of_secrets_but_not_the_loss_of_one(
    under: Callable[[Tokens], httpx.Response], database: Database
) -> None:
    new = "another secret, just as long as the first"
    assert under(TOKENS).status_code == 202
    assert under(Tokens(new, previous=(TOKENS.secret,))).headers[REPLAYED] == "true"
    assert_problem(under(Tokens(new)), 409, "idempotency_answer_lost")
    assert jobs_there(database) == 1


def test_every_post_that_creates_takes_a_key() -> None:
    without = {
        each.id
        for each in operations()
        if each.method == "POST" and "Idempotency-Key" not in each.headers
    }
    assert without <= CREATE_NOTHING
