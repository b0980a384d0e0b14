"""Every route refuses in the same way what is wrong with a request, whatever it is about."""

import re
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from db.models import Role
from tests.api.conftest import Person
from tests.api.contract import the_description
from tests.api.problems import assert_problem

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")
PATHS: dict[str, dict[str, Any]] = the_description()["paths"]
WITH_JSON = [
    (method, path)
    for path, operations in PATHS.items()
    for method, told in operations.items()
    if [*told.get("requestBody", {}).get("content", {})] == ["application/json"]
]
OWNED = [path for path in PATHS if re.fullmatch(r"[^{]+\{\w+_id\}", path) and "get" in PATHS[path]]


@pytest.fixture
def root(signed_in: Callable[..., Person]) -> Person:
    return signed_in(role=Role.ADMIN)


def address(path: str) -> str:
    """Of a thing that there is not."""
    return re.sub(r"\{\w+\}", lambda _: str(uuid4()), path)


@pytest.mark.parametrize("path", PATHS)
def test_other_methods_are_405_and_told_which_there_are(ada: Person, path: str) -> None:
    known = {method.upper() for method in PATHS[path]}
    # an address of the same form may stand for something else: /api/assets/uploads
    alike = {
        method.upper()
        for other in PATHS
        if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", other), path) or other == path
        for method in PATHS[other]
    }
    for method in sorted({*METHODS} - known - alike):
        answer = ada.send(method, address(path))
        assert_problem(answer, 405, "method_not_allowed")
        assert {*answer.headers["allow"].split(", ")} == known | alike, method


@pytest.mark.parametrize("path", OWNED)
def test_what_is_not_there_is_404_with_a_code_that_says_what(root: Person, path: str) -> None:
    noun = path.rpartition("{")[2].removesuffix("_id}")
    assert_problem(root.get(address(path)), 404, f"{noun}_not_found")
    assert_problem(root.get(path.replace(f"{{{noun}_id}}", "no-id")), 422, "request_invalid")


@pytest.mark.parametrize(("method", "path"), WITH_JSON)
def test_a_body_is_json_or_refused(root: Person, method: str, path: str) -> None:
    place, json_ = address(path), {"Content-Type": "application/json"}
    for media_type in ("text/plain", "application/x-www-form-urlencoded", "text/json"):
        wrong = root.send(method, place, content=b"{}", headers={"Content-Type": media_type})
        assert_problem(wrong, 415, "media_type_refused")
    too_large = {"Content-Length": str(2**21 + 1)} | json_
    assert_problem(
        root.send(method, place, content=b"{}", headers=too_large), 413, "body_too_large"
    )
    # a body is read where there is something to send it to: else that comes first
    broken = root.send(method, place, content=b'{"a":', headers=json_)
    if broken.status_code != 404:
        assert_problem(broken, 400, "body_malformed")


def test_what_is_nowhere_is_404(ada: Person) -> None:
    for path in ("/api", "/api/", "/api/nothing", "/api/jobs/", "/api//jobs", "/api/jobs/x/y/z"):
        assert_problem(ada.get(path), 404, "route_not_found")
        assert_problem(ada.post(path), 404, "route_not_found")
