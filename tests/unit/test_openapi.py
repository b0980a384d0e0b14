"""The description that clients are generated from, made without starting anything."""

import json
import re
from typing import Any

import pytest
from typer.testing import CliRunner

from pipeline.errors import LecternError, LessonError
from serve import description as described
from serve.cli import app
from serve.errors import STATUS, QuotaReached, status_of
from serve.refusal_examples import example
from serve.refusals import BY_ROUTE

BASES = {LecternError, LessonError, QuotaReached}
"""What stands for its kinds, and is never met itself."""


@pytest.fixture(scope="module")
def description() -> dict[str, Any]:
    return described.description()


def operations(description: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (method, path, operation)
        for path, found in description["paths"].items()
        for method, operation in found.items()
    ]


def test_it_is_openapi_3_1_and_the_same_each_time(description: dict[str, Any]) -> None:
    assert description["openapi"].startswith("3.1")
    first, again = (
        json.dumps(each, allow_nan=False) for each in (description, described.description())
    )
    assert first == again


def test_the_command_prints_it_without_settings_or_services() -> None:
    printed = CliRunner().invoke(app, ["openapi"], env={"DATABASE_URL": "", "LECTERN_HOME": ""})
    assert json.loads(printed.output) == described.description()


def test_every_operation_has_a_name_a_tag_and_a_sentence(description: dict[str, Any]) -> None:
    names = [operation["operationId"] for _, _, operation in operations(description)]
    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"[a-z]+([A-Z][a-z]+)*", name) for name in names)
    known = {tag["name"] for tag in description["tags"]}
    for _, path, operation in operations(description):
        assert set(operation["tags"]) <= known, path
        assert operation["description"].strip(), path


def test_every_error_is_described_as_a_problem(description: dict[str, Any]) -> None:
    for method, path, operation in operations(description):
        errors = {s: a for s, a in operation["responses"].items() if int(s) >= 400}
        assert "422" in errors, path
        assert ("401" in errors) >= ("security" in operation), path
        assert ("413" in errors) >= ("requestBody" in operation), path
        assert ("404" in errors) == ("{" in path), (method, path)
        for status, answer in errors.items():
            problem = answer["content"]["application/problem+json"]
            assert problem["schema"]["allOf"] == [{"$ref": "#/components/schemas/Problem"}]
            codes = problem["schema"]["properties"]["code"]["enum"]
            assert codes == sorted(problem["examples"]), (method, path, status)
            for code in codes:
                shown = description["components"]["examples"][code]["value"]
                assert (shown["status"], shown["code"]) == (int(status), code)


def test_what_a_route_refuses_is_told_of_a_route_that_there_is(description: dict[str, Any]) -> None:
    names = {operation["operationId"] for _, _, operation in operations(description)}
    assert names >= BY_ROUTE.keys()


@pytest.mark.parametrize("kind", sorted({*STATUS} - BASES, key=lambda kind: kind.__name__))
def test_every_refusal_has_an_example_without_gaps(kind: type[LecternError]) -> None:
    shown = example(kind)
    assert type(shown) is kind
    assert "{" not in str(shown)
    assert status_of(shown) == STATUS[kind]


def test_every_body_has_an_example(description: dict[str, Any]) -> None:
    schemas = description["components"]["schemas"]
    for _, path, operation in operations(description):
        content = operation.get("requestBody", {}).get("content", {})
        for kind, body in content.items():
            name = next(iter(re.findall(r"schemas/(\w+)", json.dumps(body["schema"]))))
            assert "examples" in body or "examples" in schemas[name], (path, kind)


def test_every_reference_leads_somewhere(description: dict[str, Any]) -> None:
    named = set(re.findall(r'"#/components/schemas/([^"]+)"', json.dumps(description)))
    assert named <= set(description["components"]["schemas"])
    assert "HTTPValidationError" not in description["components"]["schemas"]
