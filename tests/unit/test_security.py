"""Tokens and passwords, without a server."""

import base64
import json
from dataclasses import fields
from uuid import uuid4

import jwt
import pytest

from serve.deps import Studio
from serve.errors import TokenRefused
from serve.security import (
    HashCost,
    Tokens,
    hash_password,
    is_guessable,
    key_id,
    new_refresh_token,
    token_hash,
    verify_password,
)

SECRET = "one secret, long enough for all tests"
TOKENS = Tokens(SECRET)


def parts(token: str) -> tuple[dict[str, str], dict[str, str]]:
    head, body, _ = token.split(".")
    return tuple(json.loads(base64.urlsafe_b64decode(each + "==")) for each in (head, body))  # type: ignore[return-value]


def test_an_access_token_says_who_and_by_which_session_and_for_how_long() -> None:
    user, session = uuid4(), uuid4()
    token = TOKENS.access(user, session)
    head, body = parts(token)
    assert head == {"alg": "HS256", "typ": "at+jwt", "kid": key_id(SECRET)}
    assert (body["sub"], body["sid"]) == (str(user), str(session))
    assert (body["iss"], body["aud"]) == ("lectern", "lectern-api")
    assert int(body["exp"]) - int(body["iat"]) == 900
    assert body["jti"]
    claims = TOKENS.read(token)
    assert (claims.user_id, claims.session_id) == (user, session)


def test_no_two_tokens_are_alike() -> None:
    user, session = uuid4(), uuid4()
    assert TOKENS.access(user, session) != TOKENS.access(user, session)


def encoded(algorithm: str, key: str, **headers: str) -> str:
    _, body = parts(TOKENS.access(uuid4(), uuid4()))
    return jwt.encode(
        body, key, algorithm, headers={"typ": "at+jwt", "kid": key_id(SECRET), **headers}
    )


@pytest.mark.parametrize(
    "token",
    [
        encoded("HS512", SECRET * 2),
        encoded("HS512", SECRET + " " * 64),
        encoded("none", ""),
        encoded("HS256", "another secret that is as long as it"),
        encoded("HS256", SECRET, typ="JWT"),
        "",
        "a.b.c",
        "é.é.é",
    ],
)
def test_a_token_of_another_algorithm_key_or_type_is_refused(token: str) -> None:
    with pytest.raises(TokenRefused):
        TOKENS.read(token)


@pytest.mark.parametrize("claim", ["iss", "aud", "iat", "nbf", "exp", "jti", "sub", "sid"])
def test_a_token_must_have_every_claim(claim: str) -> None:
    _, body = parts(TOKENS.access(uuid4(), uuid4()))
    del body[claim]
    token = jwt.encode(body, SECRET, "HS256", headers={"typ": "at+jwt", "kid": key_id(SECRET)})
    with pytest.raises(TokenRefused):
        TOKENS.read(token)


def test_a_short_secret_is_refused_and_a_good_one_never_shown() -> None:
    with pytest.raises(ValueError, match="at least 32 bytes"):
        Tokens("short")
    with pytest.raises(ValueError, match="at least 32 bytes"):
        Tokens(SECRET, previous=("short",))
    assert SECRET not in repr(TOKENS)


def test_a_password_opens_its_own_hash_only() -> None:
    hashed = hash_password("a quiet river at noon")
    assert hashed.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert verify_password("a quiet river at noon", hashed)
    assert not verify_password("a quiet river at night", hashed)
    assert not verify_password("a quiet river at noon", None)


def test_a_studio_hashes_at_the_usual_cost_unless_it_is_told_otherwise() -> None:
    assert {field.name: field.default for field in fields(Studio)}["hash_cost"] == HashCost()
    cheap = HashCost(passes=1, memory_kibibytes=64)
    hashed = hash_password("a quiet river at noon", cheap)
    assert hashed.startswith("$argon2id$v=19$m=64,t=1,p=4$")
    assert verify_password("a quiet river at noon", hashed, cheap)
    assert not verify_password("a quiet river at noon", None, cheap)


def test_a_refresh_token_is_long_random_and_known_by_its_hash() -> None:
    first, second = new_refresh_token(), new_refresh_token()
    assert first != second
    assert len(base64.urlsafe_b64decode(first + "=")) == 32
    assert token_hash(first) == token_hash(first) != token_hash(second)
    assert first not in token_hash(first)


@pytest.mark.parametrize("password", ["12345678", "iloveyou", "lovelace1", "P@ssw0rd"])
def test_common_and_own_words_are_guessable(password: str) -> None:
    assert is_guessable(password, "lovelace", "ada@example.org")


@pytest.mark.parametrize("password", ["a quiet river at noon", "kT9#vv2!pQ", "é" * 3 + "zu kalt!"])
def test_unrelated_words_and_random_letters_are_not(password: str) -> None:
    assert not is_guessable(password, "lovelace", "ada@example.org")


def test_the_longest_password_is_rated_too() -> None:
    assert is_guessable("a" * 128)
