"""Holds answers against the description of the interface: its statuses, its codes, its schemas."""

import json
import re
from functools import cache
from http import HTTPStatus
from typing import Any

import httpx
from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from serve.description import description
from serve.problems import PROBLEM_JSON

DOCUMENT = "urn:lectern:openapi"


def assert_described(answer: httpx.Response) -> None:
    """The answer is one that the description of its route tells of.

    A 500 is in no description: it is a mistake of ours, and some tests make one.
    """
    operation = operation_of(answer.request.method, answer.request.url.path)
    if operation is None or answer.status_code == HTTPStatus.INTERNAL_SERVER_ERROR:
        return
    described = operation["responses"].get(str(answer.status_code))
    told = f"{operation['operationId']} answered {answer.status_code}"
    assert described is not None, f"{told}, which its description does not tell of"
    content = described.get("content", {})
    if not content:
        assert not answer.read(), f"{told} with a body"
        return
    media_type = answer.headers.get("content-type", "").partition(";")[0]
    assert media_type in content, f"{told} as {media_type}"
    if media_type in ("application/json", PROBLEM_JSON):
        answer.read()
        schema = content[media_type].get("schema", {})
        found = [
            error.message for error in validator(json.dumps(schema)).iter_errors(answer.json())
        ]
        assert found == [], f"{told}: {found}"


def operation_of(method: str, path: str) -> dict[str, Any] | None:
    """The operation that answers; a path without variables goes first, as it does when routed."""
    for pattern, operations in _patterns():
        if pattern.fullmatch(path):
            found: dict[str, Any] | None = operations.get(method.lower())
            if found is not None:
                return found
    return None


@cache
def the_description() -> dict[str, Any]:
    return description()


@cache
def _patterns() -> list[tuple[re.Pattern[str], dict[str, Any]]]:
    paths = sorted(the_description()["paths"].items(), key=lambda each: each[0].count("{"))
    return [(re.compile(re.sub(r"\{\w+\}", "[^/]+", path)), found) for path, found in paths]


@cache
def validator(schema: str) -> Draft202012Validator:
    """For a schema that refers to others of the description."""
    resource = Resource.from_contents(the_description(), default_specification=DRAFT202012)
    registry = Registry().with_resource(DOCUMENT, resource)
    text = schema.replace('"#/', f'"{DOCUMENT}#/')
    return Draft202012Validator(
        json.loads(text),
        registry=registry,
        format_checker=Draft202012Validator.FORMAT_CHECKER,
    )
