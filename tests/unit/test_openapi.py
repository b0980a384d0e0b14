"""The description that clients are generated from, made without starting anything."""

import json
import re
from typing import Any, cast

import pytest

from db.session import Database
from pipeline.engines import ScriptEngine, SpeechEngine, VideoEngine
from pipeline.storage import Storage
from serve.deps import FaceCheck, Studio
from serve.ingress import create_app
from serve.security import Tokens


@pytest.fixture(scope="module")
def description() -> dict[str, Any]:
    """Of a studio none of whose parts is there."""
    nothing = cast(Any, None)
    studio = Studio(
        database=cast(Database, nothing),
        storage=cast(Storage, nothing),
        script=cast(ScriptEngine, nothing),
        speech=cast(SpeechEngine, nothing),
        video=cast(VideoEngine, nothing),
        tokens=Tokens("x" * 32),
        find_face=cast(FaceCheck, nothing),
        version="1.2.3",
    )
    return create_app(studio).openapi()


def operations(description: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (method, path, operation)
        for path, found in description["paths"].items()
        for method, operation in found.items()
    ]


def test_it_is_openapi_3_1_and_the_same_each_time(description: dict[str, Any]) -> None:
    assert description["openapi"].startswith("3.1")
    assert description["info"]["version"] == "1.2.3"
    json.dumps(description, allow_nan=False)


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
        for answer in errors.values():
            assert answer["content"] == {
                "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}
            }


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
