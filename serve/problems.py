"""Errors as the HTTP interface answers them: ``application/problem+json`` (RFC 9457)."""

from collections.abc import Sequence
from dataclasses import asdict
from http import HTTPStatus
from traceback import format_exception
from typing import Any

import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.routing import iter_route_contexts
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.routing import Match

from pipeline.errors import DatabaseUnavailable, LecternError
from serve.errors import (
    BodyMalformed,
    FieldError,
    HistoryEnds,
    MethodNotAllowed,
    QuotaReached,
    RangeRefused,
    RequestInvalid,
    RouteNotFound,
    TokenRefused,
    status_of,
)

log = structlog.get_logger("lectern.http")

PROBLEM_JSON = "application/problem+json"
RETRY_SECONDS = 5
LONGEST_NAME = 200


def problem(error: LecternError, request_id: str) -> Response:
    """The answer to a request that ended in ``error``."""
    status = status_of(error)
    body: dict[str, Any] = {
        "type": f"urn:lectern:problem:{error.code}",
        "title": error.code.replace("_", " ").capitalize(),
        "status": status.value,
        "code": error.code,
        "detail": str(error),
        "advice": error.advice or None,
        "errors": [_as_json(each) for each in getattr(error, "errors", ())] or None,
        "quota": _quota(error) if isinstance(error, QuotaReached) else None,
        "request_id": request_id,
    }
    shown = {name: value for name, value in body.items() if value is not None}
    return JSONResponse(shown, status.value, _headers(error, status), PROBLEM_JSON)


def request_id_of(request: Request) -> str:
    return str(getattr(request.state, "request_id", ""))


def answer_errors(app: FastAPI) -> None:
    """Makes ``app`` answer every error with a problem."""
    app.add_exception_handler(LecternError, _on_lectern_error)
    app.add_exception_handler(RequestValidationError, _on_validation_error)
    app.add_exception_handler(HTTPException, _on_http_exception)
    app.add_exception_handler(HistoryEnds, _on_history_end)
    app.add_exception_handler(ClientDisconnect, _on_leaving)
    app.add_exception_handler(OperationalError, _on_database_error)
    app.add_exception_handler(PoolTimeout, _on_database_error)
    app.add_exception_handler(Exception, _on_anything_else)


def _as_json(error: FieldError) -> dict[str, str]:
    return {"field": error.field, "code": error.code, "message": error.message}


def _quota(error: QuotaReached) -> dict[str, Any]:
    resets_at = error.quota.resets_at
    return asdict(error.quota) | {"resets_at": resets_at.isoformat() if resets_at else None}


def _headers(error: LecternError, status: HTTPStatus) -> dict[str, str]:
    if isinstance(error, TokenRefused):
        return {"WWW-Authenticate": 'Bearer error="invalid_token"'}
    if status is HTTPStatus.UNAUTHORIZED:
        return {"WWW-Authenticate": "Bearer"}
    retry_seconds = getattr(error, "retry_seconds", None)
    if retry_seconds is not None:
        return {"Retry-After": str(retry_seconds)}
    if status is HTTPStatus.SERVICE_UNAVAILABLE:
        return {"Retry-After": str(RETRY_SECONDS)}
    if isinstance(error, RangeRefused):
        return {"Content-Range": f"bytes */{error.bytes_}"}
    return {}


async def _on_lectern_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, LecternError)
    if status_of(error) >= HTTPStatus.INTERNAL_SERVER_ERROR:
        log.error("request failed", code=error.code, detail=str(error))
    return problem(error, request_id_of(request))


async def _on_validation_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    return problem(RequestInvalid(*field_errors(error.errors())), request_id_of(request))


def field_errors(found: Sequence[Any]) -> list[FieldError]:
    """Pydantic's findings as ours. What was sent is left out: it may be a password."""
    return [
        FieldError(
            field=tellable(".".join(str(part) for part in each["loc"][1:]) or str(each["loc"][0])),
            code=each["type"],
            message=each["msg"].removeprefix("Value error, "),
        )
        for each in found
    ]


def tellable(name: str) -> str:
    """A name that somebody chose who sent something wrong, fit to be told and to be kept."""
    return name.replace("\0", "\ufffd").encode(errors="replace").decode()[:LONGEST_NAME]


async def _on_http_exception(request: Request, error: Exception) -> Response:
    """What the framework refuses itself."""
    assert isinstance(error, HTTPException)
    if isinstance(error.__cause__, LecternError):
        # raised while the body was read; FastAPI wraps whatever happens there
        return problem(error.__cause__, request_id_of(request))
    answer = problem(_translated(request, error), request_id_of(request))
    answer.headers.update(error.headers or {})
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        answer.headers["Allow"] = ", ".join(sorted(_allowed(request)))
    return answer


def _allowed(request: Request) -> set[str]:
    """All methods of an address: each has a route, and the framework names only those of one."""
    routes = [found.original_route for found in iter_route_contexts(request.app.routes)]
    matching = [route for route in routes if route.matches(request.scope)[0] is not Match.NONE]
    return {method for route in matching for method in getattr(route, "methods", ())}


def _translated(request: Request, error: HTTPException) -> LecternError:
    if error.status_code == HTTPStatus.NOT_FOUND:
        return RouteNotFound()
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        return MethodNotAllowed(request.method)
    return BodyMalformed(str(error.detail).rstrip("."))


async def _on_history_end(request: Request, error: Exception) -> Response:  # noqa: ARG001
    return Response(status_code=HTTPStatus.NO_CONTENT)


async def _on_leaving(request: Request, error: Exception) -> Response:  # noqa: ARG001
    """The client left in the middle of its own request; nobody reads this."""
    return Response(status_code=HTTPStatus.BAD_REQUEST)


async def _on_database_error(request: Request, error: Exception) -> Response:
    log.error("database unavailable", detail=str(error))
    return problem(DatabaseUnavailable(), request_id_of(request))


async def _on_anything_else(request: Request, error: Exception) -> Response:
    # as text: a renderer that shows local variables would show passwords
    log.error("unexpected error", traceback="".join(format_exception(error)))
    answer = problem(LecternError(), request_id_of(request))
    # this answer is sent from outside the middleware that names the others
    answer.headers["X-Request-ID"] = request_id_of(request)
    return answer
