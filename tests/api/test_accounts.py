"""Signing up, in and out, and what tokens are good for."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from fastapi.testclient import TestClient

from db import audit
from db.attempts import Rule
from db.audit import AuditFilter
from db.models import Session, SpentRefresh, User
from db.session import Database
from serve import accounts, throttle
from serve.deps import Studio
from serve.ingress import create_app
from serve.security import HashCost
from tests.api.conftest import Person
from tests.api.problems import assert_problem, fields

ADA = {"email": "Ada@Example.org", "username": "Ada_L", "password": "a quiet river at noon"}
OURS = {"Lectern-CSRF": "1"}
LOGIN = {"login": "ada_l", "password": ADA["password"]}


@pytest.fixture
def registered(client: TestClient) -> dict[str, Any]:
    answer = client.post("/api/auth/register", json=ADA)
    assert answer.status_code == 201, answer.text
    user: dict[str, Any] = answer.json()
    return user


def bearer(answer: Any) -> dict[str, str]:
    return {"Authorization": f"Bearer {answer.json()['access_token']}"}


def test_who_registers_can_sign_in_by_name_or_address(
    client: TestClient, registered: dict[str, Any]
) -> None:
    assert registered["email"] == "ada@example.org"
    assert registered["username"] == "ada_l"
    assert registered["role"] == "creator"
    assert registered["created_at"].endswith("Z")
    assert set(registered) == {"id", "email", "username", "role", "created_at"}
    for login in ("ada_l", "ADA@example.ORG", " Ada_L "):
        answer = client.post("/api/auth/login", json=LOGIN | {"login": login})
        assert answer.status_code == 200
        assert answer.json()["expires_in"] == 900
        assert client.get("/api/auth/me", headers=bearer(answer)).json() == registered


def test_passwords_are_kept_as_argon2id(database: Database, registered: dict[str, Any]) -> None:
    with database.transaction() as db:
        user = db.query(User).one()
    assert user.password_hash.startswith("$argon2id$")


@pytest.mark.parametrize("taken", ["email", "username"])
def test_a_name_can_be_taken_once(
    client: TestClient, registered: dict[str, Any], taken: str
) -> None:
    other = {"email": "eve@example.org", "username": "eve", "password": "seven green ladders"}
    body = other | {taken: ADA[taken].upper()}
    assert_problem(client.post("/api/auth/register", json=body), 409, "account_taken")


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({"email": "ada"}, ("email", "value_error")),
        ({"username": "zq"}, ("username", "string_too_short")),
        ({"username": "ada lovelace"}, ("username", "string_pattern_mismatch")),
        ({"username": "ada\n"}, None),
        ({"username": "a" * 33}, ("username", "string_too_long")),
        ({"password": "seven77"}, ("password", "string_too_short")),
        ({"password": "x" * 129}, ("password", "string_too_long")),
        ({"password": "eight\0bytes"}, ("password", "value_error")),
        ({"role": "admin"}, ("role", "extra_forbidden")),
    ],
)
def test_a_registration_is_checked_field_by_field(
    client: TestClient, change: dict[str, str], wrong: tuple[str, str] | None
) -> None:
    answer = client.post("/api/auth/register", json=ADA | change)
    if wrong is None:
        assert answer.status_code == 201
        return
    body = assert_problem(answer, 422, "request_invalid", "The request is not valid.")
    assert fields(body) == {wrong}
    assert str(next(iter(change.values()))) not in str(body["errors"])


@pytest.mark.parametrize("password", ["password1", "qwertyuiop", "ada_lada_l", "aaaaaaaaaaaa"])
def test_a_common_password_is_refused(client: TestClient, password: str) -> None:
    answer = client.post("/api/auth/register", json=ADA | {"password": password})
    assert_problem(answer, 422, "password_too_common")


def test_a_wrong_name_and_a_wrong_password_get_the_same_answer(
    client: TestClient, registered: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    verified = []

    def verify(password: str, password_hash: str | None, cost: HashCost) -> bool:
        verified.append(password_hash)
        return False

    monkeypatch.setattr(accounts, "verify_password", verify)
    answers = [
        assert_problem(client.post("/api/auth/login", json=body), 401, "credentials_refused")
        for body in (LOGIN | {"password": "wrong"}, LOGIN | {"login": "nobody"})
    ]
    for answer in answers:
        answer.pop("request_id")
    assert answers[0] == answers[1]
    assert [found is None for found in verified] == [False, True], "both are verified"


def test_a_disabled_account_cannot_be_used(
    client: TestClient, database: Database, registered: dict[str, Any]
) -> None:
    signed_in = client.post("/api/auth/login", json=LOGIN)
    with database.transaction() as db:
        db.query(User).update({"disabled_at": datetime.now(UTC)})
    assert_problem(client.post("/api/auth/login", json=LOGIN), 401, "credentials_refused")
    assert_problem(client.get("/api/auth/me", headers=bearer(signed_in)), 401, "token_refused")
    assert_problem(client.post("/api/auth/refresh", headers=OURS), 401, "refresh_refused")


def test_the_refresh_cookie_is_for_the_server_only(
    client: TestClient, registered: dict[str, Any]
) -> None:
    answer = client.post("/api/auth/login", json=LOGIN)
    cookie = answer.headers["set-cookie"]
    assert answer.json()["refresh_token"] is None
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert "Path=/api/auth" in cookie
    assert "Max-Age" not in cookie, "it goes with the browser"
    remembered = client.post("/api/auth/login", json=LOGIN | {"remember_me": True})
    assert "Max-Age=2592000" in remembered.headers["set-cookie"]


def test_refreshing_rotates_the_token(client: TestClient, registered: dict[str, Any]) -> None:
    client.post("/api/auth/login", json=LOGIN)
    before = client.cookies["lectern_refresh"]
    answer = client.post("/api/auth/refresh", headers=OURS)
    assert answer.status_code == 200
    assert client.cookies["lectern_refresh"] != before
    assert client.get("/api/auth/me", headers=bearer(answer)).status_code == 200
    assert client.post("/api/auth/refresh", headers=OURS).status_code == 200


def test_the_refresh_token_comes_in_the_body_when_asked_for(
    client: TestClient, registered: dict[str, Any]
) -> None:
    first = client.post("/api/auth/login", json=LOGIN | {"refresh_in_body": True})
    assert "set-cookie" not in first.headers
    token = first.json()["refresh_token"]
    second = client.post("/api/auth/refresh", json={"refresh_token": token})
    assert "set-cookie" not in second.headers
    assert second.json()["refresh_token"] not in (None, token)


def test_a_refresh_token_used_twice_ends_its_session(
    client: TestClient, registered: dict[str, Any]
) -> None:
    def refresh(token: str) -> Any:
        return client.post("/api/auth/refresh", json={"refresh_token": token})

    other = client.post("/api/auth/login", json=LOGIN | {"refresh_in_body": True})
    first = client.post("/api/auth/login", json=LOGIN | {"refresh_in_body": True})
    stolen = first.json()["refresh_token"]
    second = refresh(stolen)
    assert_problem(refresh(stolen), 401, "refresh_refused")
    assert_problem(refresh(second.json()["refresh_token"]), 401, "refresh_refused")
    assert_problem(client.get("/api/auth/me", headers=bearer(second)), 401, "token_refused")
    assert client.get("/api/auth/me", headers=bearer(other)).status_code == 200


def test_twenty_that_refresh_at_once_leave_no_second_family(
    client: TestClient, registered: dict[str, Any]
) -> None:
    opened = client.post("/api/auth/login", json=LOGIN | {"refresh_in_body": True}).json()

    def refresh(token: str) -> Any:
        return client.post("/api/auth/refresh", json={"refresh_token": token})

    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(refresh, [opened["refresh_token"]] * 20))
    assert sorted(answer.status_code for answer in answers) == [200] + [401] * 19
    served = next(answer for answer in answers if answer.status_code == 200)
    assert_problem(refresh(served.json()["refresh_token"]), 401, "refresh_refused")
    assert_problem(client.get("/api/auth/me", headers=bearer(served)), 401, "token_refused")


@pytest.mark.parametrize("token", ["", "x", "é", "x" * 200])
def test_any_other_refresh_token_is_refused(client: TestClient, token: str) -> None:
    answer = client.post("/api/auth/refresh", json={"refresh_token": token})
    assert_problem(answer, 401, "refresh_refused")


@pytest.mark.parametrize("kept", ["x" * 201, '{"a": [1]}', "a b", "\xe9"])
def test_a_browser_that_keeps_something_odd_as_our_cookie_can_sign_in(
    client: TestClient, registered: dict[str, Any], kept: str
) -> None:
    odd = {"Cookie": f"lectern_refresh={kept}".encode("latin-1")}
    assert_problem(client.post("/api/auth/refresh", headers=OURS | odd), 401, "refresh_refused")
    assert client.post("/api/auth/login", json=LOGIN, headers=odd).status_code == 200


def test_a_session_runs_out(
    client: TestClient, database: Database, registered: dict[str, Any]
) -> None:
    answer = client.post("/api/auth/login", json=LOGIN)
    with database.transaction() as db:
        db.query(Session).update({"expires_at": datetime.now(UTC) - timedelta(seconds=1)})
    assert_problem(client.post("/api/auth/refresh", headers=OURS), 401, "refresh_refused")
    assert_problem(client.get("/api/auth/me", headers=bearer(answer)), 401, "token_refused")


def test_signing_out_ends_the_session_at_once(
    client: TestClient, registered: dict[str, Any]
) -> None:
    answer = client.post("/api/auth/login", json=LOGIN)
    refresh = client.cookies["lectern_refresh"]
    out = client.post("/api/auth/logout", headers=bearer(answer))
    assert (out.status_code, out.content) == (204, b"")
    assert "lectern_refresh" not in client.cookies
    assert_problem(client.get("/api/auth/me", headers=bearer(answer)), 401, "token_refused")
    body = {"refresh_token": refresh}
    assert_problem(client.post("/api/auth/refresh", json=body), 401, "refresh_refused")


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({}, id="no header of ours"),
        pytest.param(OURS | {"Origin": "https://evil.example"}, id="a page elsewhere"),
        pytest.param(OURS | {"Origin": "http://testserver.evil.example"}, id="a longer name"),
        pytest.param(OURS | {"Origin": "null"}, id="a page without an origin"),
        pytest.param(OURS | {"Origin": "http://["}, id="what is no address"),
        pytest.param(OURS | {"Sec-Fetch-Site": "cross-site"}, id="another site"),
        pytest.param(OURS | {"Sec-Fetch-Site": "same-site"}, id="a neighbour"),
    ],
)
def test_the_cookie_is_good_for_our_own_pages_only(
    client: TestClient, registered: dict[str, Any], headers: dict[str, str]
) -> None:
    client.post("/api/auth/login", json=LOGIN)
    before = client.cookies["lectern_refresh"]
    refused = client.post("/api/auth/refresh", headers=headers)
    assert_problem(refused, 403, "cross_site_refused")
    assert client.cookies["lectern_refresh"] == before
    own = OURS | {"Origin": "http://testserver", "Sec-Fetch-Site": "same-origin"}
    assert client.post("/api/auth/refresh", headers=own).status_code == 200


def test_no_page_elsewhere_can_sign_somebody_in(
    client: TestClient, registered: dict[str, Any]
) -> None:
    answer = client.post("/api/auth/login", json=LOGIN, headers={"Origin": "https://evil.example"})
    assert_problem(answer, 403, "cross_site_refused")
    assert "set-cookie" not in answer.headers


def test_sessions_are_listed_and_ended_one_by_one(
    client: TestClient, registered: dict[str, Any], bob: Person
) -> None:
    first = client.post("/api/auth/login", json=LOGIN, headers={"User-Agent": "a laptop"})
    second = client.post("/api/auth/login", json=LOGIN | {"remember_me": True})
    listed = client.get("/api/auth/sessions", headers=bearer(second)).json()
    assert [each["current"] for each in listed["items"]] == [True, False]
    assert [each["remember"] for each in listed["items"]] == [True, False]
    assert listed["items"][1]["user_agent"] == "a laptop"
    assert {each["address"] for each in listed["items"]} == {"testclient"}
    assert (listed["total"], listed["next_cursor"]) == (2, None)
    place = f"/api/auth/sessions/{listed['items'][1]['id']}"
    assert_problem(bob.delete(place), 404, "session_not_found")
    assert client.delete(place, headers=bearer(second)).status_code == 204
    assert_problem(client.get("/api/auth/me", headers=bearer(first)), 401, "token_refused")
    assert_problem(client.delete(place, headers=bearer(second)), 404, "session_not_found")
    listed = client.get("/api/auth/sessions", headers=bearer(second)).json()
    assert [each["current"] for each in listed["items"]] == [True]


def test_signing_out_everywhere_is_noticed_by_every_replica_at_once(
    client: TestClient, studio: Studio, database_url: str, registered: dict[str, Any]
) -> None:
    answers = [client.post("/api/auth/login", json=LOGIN) for _ in range(3)]
    other = Database(database_url)
    with TestClient(create_app(replace(studio, database=other))) as replica:
        assert replica.get("/api/auth/me", headers=bearer(answers[1])).status_code == 200
        assert client.post("/api/auth/logout-all", headers=bearer(answers[0])).status_code == 204
        for answer in answers:
            for asked in (replica, client):
                refused = asked.get("/api/auth/me", headers=bearer(answer))
                assert_problem(refused, 401, "token_refused")
    other.close()
    assert "lectern_refresh" not in client.cookies
    assert client.post("/api/auth/login", json=LOGIN).status_code == 200


def test_a_new_password_needs_the_old_one_and_ends_the_other_sessions(
    client: TestClient, registered: dict[str, Any]
) -> None:
    here, there = (client.post("/api/auth/login", json=LOGIN) for _ in range(2))

    def change(**given: str) -> Any:
        body = {"old_password": ADA["password"], "new_password": "seven green ladders"} | given
        return client.post("/api/auth/change-password", json=body, headers=bearer(here))

    assert_problem(change(old_password="wrong"), 403, "password_wrong")
    assert_problem(change(new_password="ada_lada_l"), 422, "password_too_common")
    assert fields(assert_problem(change(new_password="short"), 422, "request_invalid"))
    assert client.get("/api/auth/me", headers=bearer(there)).status_code == 200
    assert change().status_code == 204
    assert client.get("/api/auth/me", headers=bearer(here)).status_code == 200
    assert_problem(client.get("/api/auth/me", headers=bearer(there)), 401, "token_refused")
    assert_problem(client.post("/api/auth/login", json=LOGIN), 401, "credentials_refused")
    new = LOGIN | {"password": "seven green ladders"}
    assert client.post("/api/auth/login", json=new).status_code == 200


def test_a_stolen_access_token_is_no_way_to_guess_the_password(
    client: TestClient, registered: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(throttle, "PASSWORD_CHANGES", Rule(3, 900, first_seconds=600))
    here = bearer(client.post("/api/auth/login", json=LOGIN))
    body = {"old_password": "wrong", "new_password": "seven green ladders"}
    for _ in range(3):
        answer = client.post("/api/auth/change-password", json=body, headers=here)
        assert_problem(answer, 403, "password_wrong")
    body["old_password"] = ADA["password"]
    refused = client.post("/api/auth/change-password", json=body, headers=here)
    assert_problem(refused, 429, "too_many_attempts")
    assert 0 < int(refused.headers["retry-after"]) <= 600


def test_a_profile_can_be_changed_but_not_to_somebody_elses(
    client: TestClient, registered: dict[str, Any], bob: Person
) -> None:
    def change(**given: str) -> Any:
        return bob.patch("/api/auth/me", json=given)

    assert change(email="Bob@Example.com").json()["email"] == "bob@example.com"
    assert change(username="bobby").json()["username"] == "bobby"
    assert change().json() == bob.get("/api/auth/me").json()
    assert_problem(change(username=ADA["username"]), 409, "account_taken")
    assert_problem(change(email=ADA["email"].upper()), 409, "account_taken")
    wrong = assert_problem(change(username="no good", role="admin"), 422, "request_invalid")
    assert fields(wrong) == {
        ("username", "string_pattern_mismatch"),
        ("role", "extra_forbidden"),
    }
    assert bob.get("/api/auth/me").json()["username"] == "bobby"


def test_sessions_that_ran_out_long_ago_are_forgotten(
    client: TestClient, database: Database, registered: dict[str, Any]
) -> None:
    for days in (89, 91):
        client.post("/api/auth/login", json=LOGIN)
        client.post("/api/auth/refresh", headers=OURS)
        with database.transaction() as db:
            newest = db.query(Session).order_by(Session.created_at.desc()).limit(1).one()
            newest.expires_at = datetime.now(UTC) - timedelta(days=days)
    client.post("/api/auth/login", json=LOGIN)
    with database.transaction() as db:
        assert db.query(Session).count() == 2, "that of 89 days ago, and the new one"
        assert db.query(SpentRefresh).count() == 1


def test_what_is_done_to_accounts_is_in_the_audit(
    client: TestClient, database: Database, registered: dict[str, Any]
) -> None:
    client.post("/api/auth/login", json=LOGIN | {"password": "wrong"})
    opened = client.post("/api/auth/login", json=LOGIN | {"refresh_in_body": True})
    token = {"refresh_token": opened.json()["refresh_token"]}
    for _ in range(2):
        client.post("/api/auth/refresh", json=token)
    again = bearer(client.post("/api/auth/login", json=LOGIN))
    client.patch("/api/auth/me", json={"username": "ada"}, headers=again)
    client.post("/api/auth/logout", headers=again)
    with database.transaction() as db:
        acts = audit.page(db, AuditFilter()).items[::-1]
    me = UUID(registered["id"])
    assert [(act.action, act.actor_id) for act in acts] == [
        ("account.registered", me),
        ("session.refused", None),
        ("session.opened", me),
        ("session.stolen", None),
        ("session.opened", me),
        ("account.changed", me),
        ("session.ended", me),
    ]
    assert {act.target for act in acts} == {f"user:{me}"}
    assert {(act.address, act.agent) for act in acts} == {("testclient", "testclient")}
    assert acts[5].details == {"fields": ["username"]}
    assert acts[5].session_id is not None
