"""What goes wrong before a route is reached, or in spite of it."""

import io
from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from starlette.types import Message

from db.session import Database
from serve.deps import Studio
from tests.api.conftest import Person
from tests.api.problems import assert_problem, fields
from tests.factories import a_job

JSON = {"Content-Type": "application/json"}
LOGIN = "/api/auth/login"


def test_an_address_without_anything_is_a_problem(client: TestClient) -> None:
    for place in ("/api/nothing", "/nothing.txt", "/api/jobs/1/2/3", "/api/%00"):
        assert_problem(client.get(place), 404, "route_not_found")


def test_a_method_that_is_not_there_is_a_problem(client: TestClient) -> None:
    answer = client.put("/api/health/live")
    assert_problem(answer, 405, "method_not_allowed", "This address does not answer to PUT.")
    assert answer.headers["allow"] == "GET"


@pytest.mark.parametrize(
    "body",
    [b"{", b"", b'{"a": NaN}', b'{"a": Infinity}', b"\xff\xfe", b"{'a': 1}", b"1" * 5000, b"[" * 9],
)
def test_what_is_no_json_is_a_problem(client: TestClient, body: bytes) -> None:
    answer = client.post(LOGIN, content=body, headers=JSON)
    if body == b"":
        assert fields(assert_problem(answer, 422, "request_invalid")) == {("body", "missing")}
    else:
        assert_problem(answer, 400, "body_malformed")


@pytest.mark.parametrize("depth", [40, 5000])
def test_a_body_that_is_nested_too_deep_is_a_problem(client: TestClient, depth: int) -> None:
    body = b'{"login":' + b"[" * depth + b"]" * depth + b"}"
    answer = client.post(LOGIN, content=body, headers=JSON)
    assert_problem(answer, 422, "body_too_nested", "The body is nested deeper than 32 levels.")


def test_half_a_letter_is_refused(client: TestClient) -> None:
    answer = client.post(LOGIN, content=b'{"login":"\\ud800","password":"x"}', headers=JSON)
    assert fields(assert_problem(answer, 422, "request_invalid")) == {("login", "string_unicode")}


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", ""])
def test_a_body_of_another_kind_is_refused(client: TestClient, kind: str) -> None:
    headers = {"Content-Type": kind} if kind else {}
    answer = client.post(LOGIN, content=b'{"login":"a","password":"b"}', headers=headers)
    told = "The body must come as application/json, and say so."
    assert_problem(answer, 415, "media_type_refused", told)


def test_a_body_that_says_it_is_too_large_is_not_read(client: TestClient) -> None:
    answer = client.post(LOGIN, content=b" " * (2 * 1024 * 1024 + 1), headers=JSON)
    assert_problem(
        answer, 413, "body_too_large", "The body is larger than the 2097152 bytes allowed here."
    )


def test_a_body_that_does_not_say_is_read_no_further_than_allowed(client: TestClient) -> None:
    sent = 0

    def endless() -> Iterator[bytes]:
        nonlocal sent
        while sent < 2**28:
            sent += 65536
            yield b" " * 65536

    answer = client.post(LOGIN, content=endless(), headers=JSON)
    assert_problem(answer, 413, "body_too_large")


def test_a_form_that_is_broken_is_a_problem(ada: Person) -> None:
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    answer = ada.post("/api/assets", content=b"--y\r\nrubbish", headers=headers)
    assert answer.status_code in (400, 422)
    assert answer.json()["code"] in ("body_malformed", "request_invalid")


def test_a_form_with_too_many_files_or_fields_is_a_problem(ada: Person) -> None:
    files = [("file", ("a.txt", io.BytesIO(b"x"))) for _ in range(2)]
    answer = ada.post("/api/assets", data={"kind": "script"}, files=files)
    assert_problem(answer, 400, "body_malformed")
    many = {f"field{number}": "x" for number in range(20)}
    answer = ada.post("/api/assets", data=many, files=files[:1])
    assert_problem(answer, 400, "body_malformed")


@pytest.mark.parametrize(
    "place",
    ["/api/health/live", "/api/auth/me", "/api/assets", "/api/jobs", "/api/worker/ping"],
)
def test_an_unknown_query_parameter_is_refused_everywhere(ada: Person, place: str) -> None:
    answer = ada.get(place, params={"colour": "red"})
    assert fields(assert_problem(answer, 422, "request_invalid")) == {
        ("colour", "unknown_parameter")
    }


def test_a_request_keeps_the_id_it_came_with_if_it_is_a_decent_one(client: TestClient) -> None:
    def request_id(given: str) -> str:
        answer = client.get("/api/nothing", headers={"X-Request-ID": given})
        assert answer.json()["request_id"] == answer.headers["x-request-id"]
        return answer.headers["x-request-id"]

    assert request_id("trace-1.2_3") == "trace-1.2_3"
    for bad in ("", "a b", "x" * 65, "<script>"):
        assert request_id(bad) != bad
    assert request_id("") != request_id("")


def test_what_nobody_expected_is_a_500_without_a_trace(
    client: TestClient,
    studio: Studio,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    def break_down(self: Database) -> None:
        raise RuntimeError("the secret reason")

    monkeypatch.setattr(Database, "transaction", break_down)
    body = {"login": "ada", "password": "never to be logged"}
    answer = client.post(LOGIN, json=body)
    found = assert_problem(answer, 500, "internal", "Something went wrong in the studio.")
    assert "secret" not in answer.text
    assert found["advice"]
    logged = capfd.readouterr()
    assert "the secret reason" in logged.out + logged.err
    assert "never to be logged" not in logged.out + logged.err


async def test_a_client_that_leaves_in_the_middle_of_its_request_is_no_fault(
    app: FastAPI, ada: Person, database: Database
) -> None:
    """Nothing is raised out of the application, so nothing is logged as a fault."""
    with database.transaction() as db:
        job = a_job(db, ada.user)
    headers = [(name.lower().encode(), value.encode()) for name, value in ada.headers.items()]
    scope = {
        "type": "http",
        "method": "POST",
        "path": f"/api/jobs/{job.id}/remake",
        "query_string": b"",
        "headers": [*headers, (b"content-type", b"application/json")],
        "client": ("127.0.0.1", 1),
        "state": {},
    }
    said: list[Message] = []

    async def leave() -> Message:
        return {"type": "http.disconnect"}

    async def hear(message: Message) -> None:
        said.append(message)

    await app(scope, leave, hear)
    assert said[0]["status"] == 400
