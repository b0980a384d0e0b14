"""API keys: shown once, kept as a hash, good for their scopes until they are revoked."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from fastapi.testclient import TestClient

from db import audit
from db.audit import AuditFilter
from db.models import ApiKey
from db.session import Database
from serve import api_keys
from serve.security import token_hash
from tests.api.conftest import Person
from tests.api.problems import assert_problem, fields

BOTH = {"name": "course builder", "scopes": ["lessons:write", "account:read"]}


def made(person: Person, **given: Any) -> dict[str, Any]:
    answer = person.post("/api/keys", json=BOTH | given)
    assert answer.status_code == 201, answer.text
    key: dict[str, Any] = answer.json()
    return key


def me(client: TestClient, key: str) -> httpx.Response:
    return client.get("/api/auth/me", headers={"Authorization": f"Bearer {key}"})


def test_a_key_signs_requests_and_is_kept_as_a_hash_only(ada: Person, database: Database) -> None:
    key = made(ada)
    assert key["key"].startswith("lk_")
    assert len(key["key"]) == 46
    assert key["hint"] == key["key"][:8]
    assert key["scopes"] == ["account:read", "lessons:write"]
    assert me(ada.client, key["key"]).json()["username"] == "ada"
    with database.transaction() as db:
        row = db.query(ApiKey).one()
    assert row.key_hash == token_hash(key["key"])
    listed = ada.get("/api/keys")
    assert key["key"] not in listed.text
    assert listed.json()["items"][0]["id"] == key["id"]


def test_write_includes_read(ada: Person) -> None:
    headers = {"Authorization": f"Bearer {made(ada)['key']}"}
    assert ada.client.get("/api/jobs", headers=headers).status_code == 200
    refused = ada.client.get("/api/assets", headers=headers)
    told = "This API key does not reach as far as “assets:read”."
    assert_problem(refused, 403, "scope_missing", told)


def test_a_key_makes_no_keys(ada: Person) -> None:
    headers = {"Authorization": f"Bearer {made(ada)['key']}"}
    assert_problem(ada.client.get("/api/keys", headers=headers), 403, "session_needed")


def test_a_revoked_key_is_refused_at_once_and_stays_listed(ada: Person) -> None:
    key, other = made(ada), made(ada, name="another")
    for _ in range(2):
        assert ada.delete(f"/api/keys/{key['id']}").status_code == 204
    assert_problem(me(ada.client, key["key"]), 401, "token_refused")
    assert me(ada.client, other["key"]).status_code == 200
    items = ada.get("/api/keys").json()["items"]
    assert [item["revoked_at"] is None for item in items] == [True, False]
    usable = ada.get("/api/keys", params={"usable": True}).json()["items"]
    assert [item["id"] for item in usable] == [other["id"]]
    unusable = ada.get("/api/keys", params={"usable": False}).json()["items"]
    assert [item["id"] for item in unusable] == [key["id"]]


def test_somebody_elses_key_is_not_there(ada: Person, bob: Person) -> None:
    key = made(ada)
    assert_problem(bob.delete(f"/api/keys/{key['id']}"), 404, "key_not_found")
    assert bob.get("/api/keys").json()["items"] == []
    assert me(ada.client, key["key"]).status_code == 200


def test_a_key_runs_out(ada: Person, database: Database) -> None:
    later = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    key = made(ada, expires_at=later)
    assert me(ada.client, key["key"]).status_code == 200
    with database.transaction() as db:
        db.query(ApiKey).update({"expires_at": datetime.now(UTC) - timedelta(seconds=1)})
    assert_problem(me(ada.client, key["key"]), 401, "token_refused")


def test_the_last_use_is_noted_at_most_once_a_minute(ada: Person, database: Database) -> None:
    key = made(ada)
    assert key["last_used_at"] is None

    def used() -> datetime | None:
        me(ada.client, key["key"])
        with database.transaction() as db:
            return db.query(ApiKey).one().last_used_at

    first = used()
    assert first is not None
    assert used() == first
    long_ago = datetime.now(UTC) - timedelta(hours=1)
    with database.transaction() as db:
        db.query(ApiKey).update({"last_used_at": long_ago})
    again = used()
    assert again is not None
    assert again > long_ago


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({"scopes": []}, ("scopes", "too_short")),
        ({"scopes": ["everything"]}, ("scopes.0", "enum")),
        ({"name": ""}, ("name", "string_too_short")),
        ({"expires_at": "2020-01-01T00:00:00Z"}, ("expires_at", "past")),
        ({"expires_at": "2030-01-01T00:00:00"}, ("expires_at", "value_error")),
        ({"key": "lk_mine"}, ("key", "extra_forbidden")),
    ],
)
def test_a_key_is_checked_field_by_field(
    ada: Person, change: dict[str, Any], wrong: tuple[str, str]
) -> None:
    answer = ada.post("/api/keys", json=BOTH | change)
    assert fields(assert_problem(answer, 422, "request_invalid")) == {wrong}


def test_only_an_administrator_makes_a_key_for_administration(ada: Person) -> None:
    answer = ada.post("/api/keys", json=BOTH | {"scopes": ["admin"]})
    assert_problem(answer, 403, "not_allowed")


def test_the_number_of_keys_is_bounded(ada: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api_keys, "MOST_KEYS", 2)
    first, _ = made(ada), made(ada)
    assert_problem(ada.post("/api/keys", json=BOTH), 409, "too_many_keys")
    ada.delete(f"/api/keys/{first['id']}")
    made(ada)


def test_keys_are_in_the_audit_without_the_key(ada: Person, database: Database) -> None:
    key = made(ada)
    ada.delete(f"/api/keys/{key['id']}")
    with database.transaction() as db:
        revoked, created = audit.page(db, AuditFilter(action="key")).items
    assert (created.action, revoked.action) == ("key.created", "key.revoked")
    assert created.target == revoked.target == f"key:{key['id']}"
    assert created.actor_id == ada.user.id
    assert key["key"] not in str(created.details)
