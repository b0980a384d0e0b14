"""The description that clients are generated from, with the errors as they really look."""

import json
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from http import HTTPStatus
from itertools import groupby
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute, iter_route_contexts

from serve.errors import RateExceeded, status_of
from serve.problems import PROBLEM_JSON, problem
from serve.refusal_examples import example
from serve.refusals import Refusal, refusals
from serve.schemas import (
    AssetUpload,
    BatchAsk,
    BatchCounts,
    BatchForm,
    BatchItemEnd,
    EventRead,
    FeedOpened,
    FieldProblem,
    FileToCheck,
    OwnEventRead,
    Problem,
    QuotaProblem,
    ScriptPieceRead,
    SlidesUpload,
    SpecPatch,
    SpokenConsent,
    StreamProblem,
)

TAGS = [
    {"name": "accounts", "description": "Register, sign in, stay signed in."},
    {"name": "keys", "description": "API keys, for programs."},
    {"name": "assets", "description": "Portraits, voices, slides and scripts."},
    {"name": "scripts", "description": "Words from a prompt, and how long they take."},
    {"name": "jobs", "description": "Lessons being made."},
    {"name": "batches", "description": "Many lessons asked for at once."},
    {"name": "drafts", "description": "Lessons being thought up."},
    {"name": "lessons", "description": "What has been made: stream and exports."},
    {"name": "webhooks", "description": "Who is told when something has ended."},
    {"name": "admin", "description": "For administrators."},
    {"name": "health", "description": "Whether the studio works."},
]
RETRY_AFTER = {"Retry-After": {"$ref": "#/components/headers/RetryAfter"}}
CHALLENGE = {"WWW-Authenticate": {"$ref": "#/components/headers/Challenge"}}
RATES = {
    "RateLimit": {"$ref": "#/components/headers/RateLimit"},
    "RateLimit-Policy": {"$ref": "#/components/headers/RateLimitPolicy"},
}
TOLD_WITH: Mapping[HTTPStatus, Mapping[str, Any]] = {
    HTTPStatus.UNAUTHORIZED: CHALLENGE,
    HTTPStatus.TOO_MANY_REQUESTS: RETRY_AFTER,
    HTTPStatus.SERVICE_UNAVAILABLE: RETRY_AFTER,
}
HEADERS = {
    "RetryAfter": "Seconds until it is worth trying again.",
    "Challenge": "`Bearer`, with the reason where a token was sent.",
    "RateLimit": "What is left (`r`), and the seconds until all of it is there again (`t`).",
    "RateLimitPolicy": "How many requests (`q`) in how many seconds (`w`) there may be.",
}
"""Headers of answers."""
BESIDE = (
    AssetUpload,
    FieldProblem,
    QuotaProblem,
    Problem,
    EventRead,
    OwnEventRead,
    FeedOpened,
    BatchAsk,
    BatchForm,
    BatchCounts,
    BatchItemEnd,
    ScriptPieceRead,
    SpokenConsent,
    FileToCheck,
    StreamProblem,
    SlidesUpload,
    SpecPatch,
)
"""Models of errors and of events, which no answer names by itself."""


def describe(app: FastAPI) -> None:
    """Replaces the application's description by one with problems."""

    @cache
    def description() -> dict[str, Any]:
        plain = get_openapi(
            title=app.title,
            version=app.version,
            description=app.description,
            routes=app.routes,
            tags=TAGS,
        )
        _add_components(plain["components"])
        for operation, refused in _operations(app, plain):
            _refuse(operation, refused, plain["components"]["examples"])
        return plain

    app.openapi = description  # type: ignore[method-assign]


def _add_components(components: dict[str, Any]) -> None:
    schemas = components["schemas"]
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    for model in BESIDE:
        schemas[model.__name__] = model.model_json_schema(
            ref_template="#/components/schemas/{model}"
        )
        schemas[model.__name__].pop("$defs", None)
    text = {"schema": {"type": "string"}}
    components["headers"] = {name: {"description": of} | text for name, of in HEADERS.items()}
    components["examples"] = {}


def _operations(
    app: FastAPI, description: dict[str, Any]
) -> Iterator[tuple[dict[str, Any], set[Refusal]]]:
    """Each operation, and what it refuses."""
    for found in iter_route_contexts(app.routes):
        route = found.original_route
        if isinstance(route, APIRoute) and route.include_in_schema:
            for method in route.methods or ():
                operation = description["paths"][found.path_format][method.lower()]
                name, has_body = operation["operationId"], "requestBody" in operation
                yield operation, refusals(route.dependant, name, has_body=has_body)


def _refuse(operation: dict[str, Any], refused: set[Refusal], examples: dict[str, Any]) -> None:
    counted = RateExceeded in refused
    answers = operation["responses"]
    if counted:
        for answer in answers.values():
            answer["headers"] = answer.get("headers", {}) | RATES
    # what the framework adds for itself, we answer otherwise
    answers.pop("422", None)
    for status, kinds in groupby(sorted(refused, key=_order), key=lambda kind: _order(kind)[0]):
        answers[str(status)] = _answer(HTTPStatus(status), [*kinds], examples, counted=counted)
    operation["responses"] = dict(sorted(answers.items()))


def _order(kind: Refusal) -> tuple[int, str]:
    return status_of(example(kind)).value, kind.code


def _answer(
    status: HTTPStatus, kinds: Iterable[Refusal], examples: dict[str, Any], *, counted: bool
) -> dict[str, Any]:
    """One status with the codes that it may mean."""
    told = {kind.code: example(kind) for kind in kinds}
    for code, error in told.items():
        value = json.loads(bytes(problem(error, "4f1c9b2e").body))
        examples[code] = {"summary": value["detail"], "value": value}
    content = {
        "schema": {
            "allOf": [{"$ref": "#/components/schemas/Problem"}],
            "properties": {"code": {"enum": [*told]}},
        },
        "examples": {code: {"$ref": f"#/components/examples/{code}"} for code in told},
    }
    described = {
        "description": f"{status.phrase}: {', '.join(f'`{code}`' for code in told)}",
        "content": {PROBLEM_JSON: content},
    }
    headers = {**TOLD_WITH.get(status, {}), **(RATES if counted else {})}
    return described | ({"headers": headers} if headers else {})
