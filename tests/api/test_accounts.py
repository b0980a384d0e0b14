"""Signing up, in and out, and what tokens are good for."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest
from fastapi.testclient import TestClient

from db.models import Session, User
from db.session import Database
from serve import accounts
from tests.api.conftest import TOKENS, Person
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

    def verify(password: str, password_hash: str | None) -> bool:
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


def test_of_many_that_refresh_at_once_one_is_served(
    client: TestClient, registered: dict[str, Any]
) -> None:
    token = client.post("/api/auth/login", json=LOGIN | {"refresh_in_body": True}).json()
    body = {"refresh_token": token["refresh_token"]}
    with ThreadPoolExecutor(5) as pool:
        answers = list(
            pool.map(lambda _: client.post("/api/auth/refresh", json=body).status_code, range(5))
        )
    assert sorted(answers) == [200, 401, 401, 401, 401]


@pytest.mark.parametrize("token", ["", "x", "é", "x" * 200])
def test_any_other_refresh_token_is_refused(client: TestClient, token: str) -> None:
    answer = client.post("/api/auth/refresh", json={"refresh_token": token})
    assert_problem(answer, 401, "refresh_refused")


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


def forged(ada: Person, **change: Any) -> str:
    token = ada.headers["Authorization"].removeprefix("Bearer ")
    claims = jwt.decode(token, options={"verify_signature": False}) | change
    return jwt.encode(claims, TOKENS.secret, "HS256", headers={"typ": "at+jwt"})


@pytest.mark.parametrize(
    "forge",
    [
        pytest.param(lambda ada: "rubbish", id="rubbish"),
        pytest.param(lambda ada: forged(ada, aud="another"), id="another audience"),
        pytest.param(lambda ada: forged(ada, iss="another"), id="another issuer"),
        pytest.param(lambda ada: forged(ada, exp=1), id="expired"),
        pytest.param(lambda ada: forged(ada, nbf=2**40), id="not yet valid"),
        pytest.param(lambda ada: forged(ada, sub="ada"), id="no user id"),
        pytest.param(lambda ada: forged(ada, sid=str(ada.user.id)), id="no such session"),
    ],
)
def test_a_token_that_is_not_ours_is_refused(ada: Person, forge: Callable[[Person], str]) -> None:
    answer = ada.get("/api/auth/me", headers={"Authorization": f"Bearer {forge(ada)}"})
    assert_problem(answer, 401, "token_refused")
    assert answer.headers["www-authenticate"] == 'Bearer error="invalid_token"'


def test_a_token_of_another_user_does_not_open_this_session(ada: Person, bob: Person) -> None:
    token = forged(ada, sub=str(bob.user.id))
    answer = ada.get("/api/auth/me", headers={"Authorization": f"Bearer {token}"})
    assert_problem(answer, 401, "token_refused")
