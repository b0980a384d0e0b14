"""What every route refuses: bodies, heads and questions that are too large or odd."""

import json
from typing import Any
from uuid import UUID, uuid4

import pytest
from fastapi.testclient import TestClient

from db.session import Database
from serve.bodies import BATCH_BYTES, JSON_BYTES, NESTING, UPLOAD_BYTES
from serve.limits import ADDRESS_BYTES, HEADER_BYTES
from tests.api.conftest import Person
from tests.api.described import Operation, operations
from tests.api.problems import assert_problem, fields
from tests.factories import a_job

OPERATIONS = operations()
WITH_JSON = [each for each in OPERATIONS if each.example is not None]


def path_of(operation: Operation, id_: UUID | None = None) -> str:
    parts = operation.path.split("/")
    return "/".join(str(id_ or uuid4()) if part.startswith("{") else part for part in parts)


def nested(levels: int) -> Any:
    value: Any = 0
    for _ in range(levels):
        value = [value]
    return value


def test_no_route_takes_a_query_parameter_it_does_not_know(client: TestClient) -> None:
    # signed with nothing: what is odd is told before anything is looked up
    for operation in OPERATIONS:
        answer = client.request(operation.method, path_of(operation), params={"colour": "red"})
        assert fields(assert_problem(answer, 422, "request_invalid")) == {
            ("colour", "unknown_parameter")
        }, operation.id


@pytest.mark.parametrize("operation", WITH_JSON, ids=lambda each: each.id)
def test_no_route_takes_json_that_is_too_deep_or_too_large(
    ada: Person, operation: Operation, database: Database
) -> None:
    with database.transaction() as db:
        path = path_of(operation, a_job(db, ada.user).id)

    def send(body: str) -> Any:
        headers = {"Content-Type": "application/json"}
        return ada.send(operation.method, path, content=body, headers=headers)

    assert_problem(send(json.dumps({"a": nested(NESTING)})), 422, "body_too_nested")
    assert_problem(send('{"a": ' + "[" * 100_000), 422, "body_too_nested")
    most = BATCH_BYTES if operation.id == "createBatch" else JSON_BYTES
    assert_problem(send(json.dumps("x" * most)), 413, "body_too_large")
    assert_problem(send('{"a": NaN}'), 400, "body_malformed")


def test_nobody_keeps_what_is_answered(ada: Person, client: TestClient) -> None:
    asked = ada.get("/api/auth/me"), client.get("/api/jobs"), client.get("/api/nothing")
    for answer in asked:
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-content-type-options"] == "nosniff"


def test_no_upload_is_larger_than_it_may_be(ada: Person) -> None:
    # announced, and never sent
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    size = {"Content-Length": str(UPLOAD_BYTES + 2**20)}
    answer = ada.post("/api/assets", headers=headers | size, content=b"")
    assert_problem(answer, 413, "body_too_large")


def test_a_head_has_its_limits_too(client: TestClient) -> None:
    long = client.get("/api/jobs", params={"q": "x" * ADDRESS_BYTES})
    told = f"The address asked for is longer than {ADDRESS_BYTES} bytes."
    assert_problem(long, 414, "address_too_long", told)
    assert_problem(client.get("/" + "x" * ADDRESS_BYTES), 414, "address_too_long")
    large = client.get("/api/jobs", headers={"X-Much": "x" * HEADER_BYTES})
    told = f"The headers of the request are larger than {HEADER_BYTES} bytes."
    assert_problem(large, 431, "headers_too_large", told)
    assert client.get("/api/health/live", headers={"X-Some": "x" * 1000}).status_code == 200
