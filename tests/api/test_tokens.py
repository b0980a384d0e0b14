"""Forged, stale and misused access tokens: all refused, and all with the same answer (RFC 8725)."""

import base64
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from fastapi.testclient import TestClient

from db import users
from db.models import User
from db.session import Database
from serve.deps import Studio
from serve.ingress import create_app
from serve.security import Tokens, key_id
from tests.api.conftest import TOKENS, Person
from tests.api.problems import assert_problem

ANOTHER = "a secret of somebody else, of 32 bytes at least"


def valid(ada: Person) -> str:
    return ada.headers["Authorization"].removeprefix("Bearer ")


def claims(ada: Person, **change: Any) -> dict[str, Any]:
    read: dict[str, Any] = jwt.decode(valid(ada), options={"verify_signature": False})
    return {name: value for name, value in (read | change).items() if value is not None}


def signed(
    told: dict[str, Any], secret: Any = TOKENS.secret, algorithm: str = "HS256", **headers: Any
) -> str:
    """A token whose header is right too, unless told otherwise."""
    standard = {"typ": "at+jwt", "kid": key_id(TOKENS.secret)}
    return jwt.encode(told, secret, algorithm, headers=standard | headers)


def without_signature(ada: Person) -> str:
    return valid(ada).rpartition(".")[0] + "."


def with_a_bit_flipped(ada: Person, part: int) -> str:
    parts = valid(ada).split(".")
    raw = bytearray(base64.urlsafe_b64decode(parts[part] + "=="))
    raw[len(raw) // 2] ^= 1
    parts[part] = base64.urlsafe_b64encode(raw).decode().rstrip("=")
    return ".".join(parts)


def by_public_key_as_secret(ada: Person) -> str:
    """HS256 with what an RS256 verifier would know: PyJWT itself refuses to sign so."""
    pem = b"-----BEGIN PUBLIC KEY-----\nMIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA"
    return signed(claims(ada), base64.b64encode(pem).decode())


def by_rsa(ada: Person) -> str:
    return signed(claims(ada), rsa.generate_private_key(65537, 2048), "RS256")


def with_the_key_in_the_header(ada: Person) -> str:
    """What a verifier that trusts ``jwk`` would check it with."""
    key = {"kty": "oct", "k": base64.urlsafe_b64encode(ANOTHER.encode()).decode()}
    return signed(claims(ada), ANOTHER, jwk=key)


def with_an_unknown_critical_header(ada: Person) -> str:
    return signed(claims(ada), crit=["b64"], b64=False)


FORGED: dict[str, Callable[[Person], str]] = {
    "rubbish": lambda _: "rubbish",
    "two dots": lambda _: "..",
    "algorithm none": lambda ada: jwt.encode(claims(ada), None, "none", headers={"typ": "at+jwt"}),
    "signature cut off": without_signature,
    "truncated": lambda ada: valid(ada)[:-5],
    "a bit of the signature flipped": lambda ada: with_a_bit_flipped(ada, 2),
    "a bit of the claims flipped": lambda ada: with_a_bit_flipped(ada, 1),
    "whitespace inside": lambda ada: valid(ada).replace(".", ". ", 1),
    "another secret": lambda ada: signed(claims(ada), ANOTHER),
    "another HMAC": lambda ada: signed(claims(ada), TOKENS.secret * 2, "HS512"),
    "RS256": by_rsa,
    "a public key as the secret": by_public_key_as_secret,
    "a key in its header": with_the_key_in_the_header,
    "a critical header we do not know": with_an_unknown_critical_header,
    "unknown kid": lambda ada: signed(claims(ada), kid="0" * 16),
    "kid of another type": lambda ada: _raw(ada, {"alg": "HS256", "typ": "at+jwt", "kid": [1]}),
    "no kid": lambda ada: jwt.encode(
        claims(ada), TOKENS.secret, "HS256", headers={"typ": "at+jwt"}
    ),
    "another type of token": lambda ada: signed(claims(ada), typ="JWT"),
    "another issuer": lambda ada: signed(claims(ada, iss="another")),
    "another audience": lambda ada: signed(claims(ada, aud="another")),
    "expired": lambda ada: signed(claims(ada, exp=1)),
    "not yet valid": lambda ada: signed(claims(ada, nbf=2**33)),
    "issued in the future": lambda ada: signed(claims(ada, iat=2**33)),
    "no jti": lambda ada: signed(claims(ada, jti=None)),
    "no session": lambda ada: signed(claims(ada, sid=None)),
    "no expiry": lambda ada: signed(claims(ada, exp=None)),
    "a user id that is none": lambda ada: signed(claims(ada, sub="ada")),
    "a session that is none": lambda ada: signed(claims(ada, sid=str(ada.user.id))),
    "a user who is nobody": lambda ada: signed(claims(ada, sub=str(uuid4()))),
    "an API key that is none": lambda _: "lk_" + "x" * 43,
}


@pytest.mark.parametrize("forge", FORGED.values(), ids=FORGED)
def test_a_token_that_is_not_ours_is_refused(ada: Person, forge: Callable[[Person], str]) -> None:
    answer = ada.get("/api/auth/me", headers={"Authorization": f"Bearer {forge(ada)}"})
    assert_problem(answer, 401, "token_refused", "The access token is not valid, or no longer.")
    assert answer.headers["www-authenticate"] == 'Bearer error="invalid_token"'


def test_what_they_were_forged_from_is_good(ada: Person) -> None:
    for token in (valid(ada), signed(claims(ada))):
        answer = ada.get("/api/auth/me", headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == 200


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer ", "Basic YWRhOmFkYQ=="])
def test_another_kind_of_authorization_is_none(ada: Person, header: str) -> None:
    answer = ada.client.get("/api/auth/me", headers={"Authorization": header})
    assert_problem(answer, 401, "not_signed_in")


def test_a_refresh_token_is_no_access_token(client: TestClient) -> None:
    form = {"email": "eve@example.org", "username": "eve", "password": "a quiet river at noon"}
    client.post("/api/auth/register", json=form)
    login = {"login": "eve", "password": form["password"], "refresh_in_body": True}
    token = client.post("/api/auth/login", json=login).json()["refresh_token"]
    answer = client.get("/api/auth/me", headers={"Authorization": f"Bearer {token}"})
    assert_problem(answer, 401, "token_refused")


def test_a_token_of_a_session_that_has_ended_is_refused(ada: Person, database: Database) -> None:
    with database.transaction() as db:
        users.end_sessions(db, ada.user.id)
    assert_problem(ada.get("/api/auth/me"), 401, "token_refused")


def test_a_token_of_a_disabled_user_is_refused(ada: Person, database: Database) -> None:
    with database.transaction() as db:
        db.query(User).update({"disabled_at": datetime.now(UTC)})
    assert_problem(ada.get("/api/auth/me"), 401, "token_refused")


def test_a_token_of_another_user_does_not_open_this_session(ada: Person, bob: Person) -> None:
    token = signed(claims(ada, sub=str(bob.user.id)))
    answer = ada.get("/api/auth/me", headers={"Authorization": f"Bearer {token}"})
    assert_problem(answer, 401, "token_refused")


def test_after_a_change_of_secret_old_tokens_are_good_as_long_as_it_is_listed(
    ada: Person, studio: Studio
) -> None:
    for previous, status in (((TOKENS.secret,), 200), ((), 401)):
        changed = replace(studio, tokens=Tokens(ANOTHER, previous=previous))
        with TestClient(create_app(changed)) as replica:
            answer = replica.get("/api/auth/me", headers=ada.headers)
            assert answer.status_code == status
            fresh = changed.tokens.access(ada.user.id, claims_session(ada))
            assert jwt.get_unverified_header(fresh)["kid"] == key_id(ANOTHER)
            headers = {"Authorization": f"Bearer {fresh}"}
            assert replica.get("/api/auth/me", headers=headers).status_code == 200


def claims_session(ada: Person) -> Any:
    return TOKENS.read(valid(ada)).session_id


def _raw(ada: Person, header: dict[str, Any]) -> str:
    """A header that PyJWT itself would not write."""
    encoded = base64.urlsafe_b64encode(json.dumps(header).encode()).decode().rstrip("=")
    return ".".join([encoded, *valid(ada).split(".")[1:]])
