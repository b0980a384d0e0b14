"""The description that clients are generated from, with the errors as they really look."""

from collections.abc import Iterator
from functools import cache
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from serve.problems import PROBLEM_JSON
from serve.schemas import (
    AssetUpload,
    EventRead,
    FieldProblem,
    Problem,
    ScriptPieceRead,
    ScriptProblem,
)

TAGS = [
    {"name": "accounts", "description": "Register, sign in, stay signed in."},
    {"name": "keys", "description": "API keys, for programs."},
    {"name": "assets", "description": "Portraits, voices, slides and scripts."},
    {"name": "scripts", "description": "Words from a prompt, and how long they take."},
    {"name": "jobs", "description": "Lessons being made."},
    {"name": "lessons", "description": "What has been made: stream and exports."},
    {"name": "admin", "description": "For administrators."},
    {"name": "health", "description": "Whether the studio works."},
]
USUAL = (HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.SERVICE_UNAVAILABLE)
WITH_BODY = (HTTPStatus.BAD_REQUEST, HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
SIGNED_IN = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)
BY_OPERATION = {
    "register": (HTTPStatus.CONFLICT, HTTPStatus.TOO_MANY_REQUESTS),
    "login": (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.TOO_MANY_REQUESTS),
    "refresh": (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN),
    "updateMe": (HTTPStatus.CONFLICT,),
    "changePassword": (HTTPStatus.TOO_MANY_REQUESTS,),
    "createKey": (HTTPStatus.CONFLICT,),
    "updateUser": (HTTPStatus.CONFLICT,),
}
BESIDE = (AssetUpload, FieldProblem, Problem, EventRead, ScriptPieceRead, ScriptProblem)
"""Models of errors and of events, which no answer names by itself."""


def describe(app: FastAPI) -> None:
    """Replaces the application's description by one with problems."""

    @cache
    def description() -> dict[str, Any]:
        return _with_problems(
            get_openapi(
                title=app.title,
                version=app.version,
                description=app.description,
                routes=app.routes,
                tags=TAGS,
            )
        )

    app.openapi = description  # type: ignore[method-assign]


def _with_problems(description: dict[str, Any]) -> dict[str, Any]:
    schemas = description["components"]["schemas"]
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    for model in BESIDE:
        schemas[model.__name__] = model.model_json_schema(
            ref_template="#/components/schemas/{model}"
        )
        schemas[model.__name__].pop("$defs", None)
    for path, operations in description["paths"].items():
        for method, operation in operations.items():
            statuses = sorted({*USUAL, *_statuses(path, method, operation)})
            operation["responses"] |= {str(s.value): _problem(s) for s in statuses}
    return description


def _statuses(path: str, method: str, operation: dict[str, Any]) -> Iterator[HTTPStatus]:
    if "requestBody" in operation:
        yield from WITH_BODY
    if "security" in operation:
        yield from SIGNED_IN
    if "{" in path:
        yield HTTPStatus.NOT_FOUND
        if method in ("post", "delete"):
            yield HTTPStatus.CONFLICT
    yield from BY_OPERATION.get(operation["operationId"], ())


def _problem(status: HTTPStatus) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/Problem"}
    return {"description": status.phrase, "content": {PROBLEM_JSON: {"schema": schema}}}
