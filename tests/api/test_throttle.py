"""Guessing passwords is slow; whose account is guessed at is not locked out."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from db import attempts
from db.attempts import Rule
from db.models import Attempt
from db.session import Database
from serve import throttle
from tests.api.problems import assert_problem

ADA = {"email": "ada@example.org", "username": "ada", "password": "a quiet river at noon"}
TEN_MINUTES = Rule(free=3, longest_seconds=900, first_seconds=600)

Place = Callable[[str], TestClient]


@pytest.fixture
def at(app: FastAPI, client: TestClient) -> Place:
    """A browser at an address; the first has made an account for Ada."""

    def open_at(address: str) -> TestClient:
        return TestClient(app, client=(address, 5000))

    assert open_at("203.0.113.9").post("/api/auth/register", json=ADA).status_code == 201
    return open_at


@pytest.fixture
def long_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Waits that no slow machine outlasts."""
    for rule in ("ONE_LOGIN", "ONE_ADDRESS", "ONE_ACCOUNT", "REGISTRATIONS"):
        monkeypatch.setattr(throttle, rule, TEN_MINUTES)


def guess(browser: TestClient, login: str = "ada", **more: Any) -> httpx.Response:
    body = {"login": login, "password": "not the password"} | more
    return browser.post("/api/auth/login", json=body)


def sign_in(browser: TestClient) -> httpx.Response:
    return guess(browser, password=ADA["password"])


def fails(browser: TestClient, times: int, login: str = "ada") -> None:
    for _ in range(times):
        assert_problem(guess(browser, login), 401, "credentials_refused")


def wait(database: Database) -> None:
    """The waits are over."""
    with database.transaction() as db:
        db.query(Attempt).update({"blocked_until": Attempt.last_at})


@pytest.mark.parametrize("login", ["ada", "nobody"])
def test_after_some_failures_the_next_guess_has_to_wait_whoever_it_is(
    at: Place, long_waits: None, login: str
) -> None:
    browser = at("198.51.100.1")
    fails(browser, 3, login)
    refused = guess(browser, login)
    assert_problem(refused, 429, "too_many_attempts")
    assert 0 < int(refused.headers["retry-after"]) <= 600
    assert str(refused.headers["retry-after"]) in refused.json()["detail"]


def test_the_right_password_has_to_wait_too_and_is_then_forgiven(
    at: Place, long_waits: None, database: Database
) -> None:
    browser = at("198.51.100.1")
    fails(browser, 3)
    assert_problem(sign_in(browser), 429, "too_many_attempts")
    wait(database)
    assert sign_in(browser).status_code == 200
    fails(browser, 3)


def test_waits_grow_up_to_the_longest_and_are_forgotten(database: Database) -> None:
    rule = Rule(free=2, longest_seconds=5000, first_seconds=1000, forgotten_seconds=3600)

    def charge() -> float:
        with database.transaction() as db:
            return attempts.charge(db, {"a": rule})

    assert charge() == 0
    for seconds in (1000, 2000, 4000, 5000, 5000):
        assert charge() == 0
        assert charge() == pytest.approx(seconds, abs=100)
        wait(database)
    with database.transaction() as db:
        db.query(Attempt).update({"last_at": Attempt.last_at - timedelta(hours=2)})
    assert [charge(), charge()] == [0, 0]


def test_many_guesses_at_once_are_counted_like_one_after_the_other(database: Database) -> None:
    def charge(_: int) -> float:
        with database.transaction() as db:
            return attempts.charge(db, {"a": TEN_MINUTES, "b": TEN_MINUTES})

    with ThreadPoolExecutor(8) as pool:
        waits = list(pool.map(charge, range(24)))
    assert sum(seconds == 0 for seconds in waits) == TEN_MINUTES.free


def test_failures_of_others_do_not_stop_who_comes_from_a_known_address(
    at: Place, long_waits: None
) -> None:
    home = at("192.0.2.1")
    assert sign_in(home).status_code == 200
    for place in ("198.51.100.1", "198.51.100.2", "198.51.100.3"):
        fails(at(place), 1)
    assert_problem(sign_in(at("198.51.100.4")), 429, "too_many_attempts")
    assert sign_in(at("192.0.2.1")).status_code == 200


def test_nor_who_comes_with_a_browser_that_has_signed_in_before(
    at: Place, long_waits: None
) -> None:
    laptop = at("192.0.2.1")
    assert sign_in(laptop).status_code == 200
    cookie = laptop.cookies["lectern_refresh"]
    for place in ("198.51.100.1", "198.51.100.2", "198.51.100.3"):
        fails(at(place), 1)
    travelling = at("198.51.100.1")
    travelling.cookies.set("lectern_refresh", cookie, path="/api/auth")
    assert sign_in(travelling).status_code == 200


def test_one_address_cannot_try_many_names(at: Place, long_waits: None) -> None:
    browser = at("198.51.100.1")
    for name in ("bob", "carol", "dave"):
        fails(browser, 1, name)
    assert_problem(guess(browser, "erin"), 429, "too_many_attempts")
    assert guess(at("198.51.100.2"), "erin").status_code == 401


def test_an_ipv6_network_is_one_place(at: Place, long_waits: None) -> None:
    for last in range(3):
        fails(at(f"2001:db8:1:2::{last}"), 1, f"name{last}")
    assert_problem(guess(at("2001:db8:1:2:ffff::1"), "more"), 429, "too_many_attempts")
    assert guess(at("2001:db8:1:3::1"), "more").status_code == 401


def test_one_address_can_register_a_few_accounts(at: Place, long_waits: None) -> None:
    browser = at("198.51.100.1")

    def register(name: str) -> httpx.Response:
        form = ADA | {"username": name, "email": f"{name}@example.org"}
        return browser.post("/api/auth/register", json=form)

    assert [register(f"name{n}").status_code for n in range(3)] == [201] * 3
    assert_problem(register("name4"), 429, "too_many_attempts")
