"""What the HTTP interface refuses, and with which status: the one place that knows both.

Every answer that is not a success is ``application/problem+json`` (RFC 9457); ``code`` is stable.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from traceback import format_exception
from typing import Any

import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException

from pipeline.errors import (
    DatabaseUnavailable,
    EngineFailed,
    InfrastructureLost,
    LecternError,
    LessonError,
    StepTimedOut,
    StorageUnavailable,
)

log = structlog.get_logger("lectern.http")

PROBLEM_JSON = "application/problem+json"
RETRY_SECONDS = 5


@dataclass(frozen=True, slots=True)
class FieldError:
    """One thing wrong with a request; ``field`` is the path to it: ``scenes.0.narration``."""

    field: str
    code: str
    message: str


class ApiError(LecternError):
    """The request cannot be answered."""

    code = "refused"
    advice = ""


# --- who is asking ---------------------------------------------------------------------------


class NotSignedIn(ApiError):
    """This needs an access token."""

    code = "not_signed_in"
    advice = "Sign in, and send the access token as “Authorization: Bearer …”."


class TokenRefused(ApiError):
    """The access token is not valid, or no longer."""

    code = "token_refused"
    advice = "Refresh the session, or sign in again."


class CredentialsRefused(ApiError):
    """The name or the password is wrong."""

    code = "credentials_refused"
    advice = "Check both; upper and lower case count in the password."


class RefreshRefused(ApiError):
    """The refresh token is not valid, or no longer."""

    code = "refresh_refused"
    advice = "Sign in again."


class NotAllowed(ApiError):
    """Your role, {0}, does not allow this."""

    code = "not_allowed"
    advice = "Ask an administrator."


class AccountTaken(ApiError):
    """An account with this email address or username is there already."""

    code = "account_taken"
    advice = "Sign in, or choose another name."


class PasswordTooCommon(ApiError):
    """This password is too easily guessed."""

    code = "password_too_common"
    advice = "Use several unrelated words, or let a password manager choose."


# --- what is asked for -----------------------------------------------------------------------


class RouteNotFound(ApiError):
    """There is nothing at this address."""

    code = "route_not_found"


class MethodNotAllowed(ApiError):
    """This address does not answer to {0}."""

    code = "method_not_allowed"


class JobNotFound(ApiError):
    """You have no job with this id."""

    code = "job_not_found"


class AssetNotFound(ApiError):
    """You have no asset with this id."""

    code = "asset_not_found"


class ExportNotFound(ApiError):
    """The job has no export “{0}”, or not yet."""

    code = "export_not_found"
    advice = "Read the job: its exports are there when it has succeeded."


class AssetInUse(ApiError):
    """The asset is used by a job that is not finished: {0}."""

    code = "asset_in_use"
    advice = "Wait for these jobs, or cancel them."


class HistoryEnds(Exception):
    """A job has ended and its reader has seen it all. Not an error: 204 tells a browser's
    EventSource not to come back."""


class JobNotFinished(ApiError):
    """The job is {0}; this needs a finished one."""

    code = "job_not_finished"
    advice = "Wait until it ends, or cancel it."


class JobFinished(ApiError):
    """The job is {0} already."""

    code = "job_finished"


class JobNotRetryable(ApiError):
    """The job is {0}; only a failed or cancelled one can be retried."""

    code = "job_not_retryable"


# --- what is sent ----------------------------------------------------------------------------


class BodyMalformed(ApiError):
    """The body cannot be read: {0}."""

    code = "body_malformed"


class BodyTooLarge(ApiError):
    """The body is larger than the {0} bytes allowed here."""

    code = "body_too_large"
    advice = "Send less at once."


class BodyTooNested(ApiError):
    """The body is nested deeper than {0} levels."""

    code = "body_too_nested"


class RequestInvalid(ApiError):
    """The request is not valid."""

    code = "request_invalid"

    def __init__(self, *errors: FieldError) -> None:
        super().__init__(*errors)
        self.errors = errors


class StudioNotReady(ApiError):
    """Part of the studio does not answer."""

    code = "not_ready"
    advice = "Try again in a moment."

    def __init__(self, *errors: FieldError) -> None:
        super().__init__(*errors)
        self.errors = errors


STATUS: Mapping[type[LecternError], HTTPStatus] = {
    LecternError: HTTPStatus.INTERNAL_SERVER_ERROR,
    LessonError: HTTPStatus.UNPROCESSABLE_ENTITY,
    EngineFailed: HTTPStatus.SERVICE_UNAVAILABLE,
    InfrastructureLost: HTTPStatus.SERVICE_UNAVAILABLE,
    StepTimedOut: HTTPStatus.SERVICE_UNAVAILABLE,
    StorageUnavailable: HTTPStatus.SERVICE_UNAVAILABLE,
    DatabaseUnavailable: HTTPStatus.SERVICE_UNAVAILABLE,
    StudioNotReady: HTTPStatus.SERVICE_UNAVAILABLE,
    NotSignedIn: HTTPStatus.UNAUTHORIZED,
    TokenRefused: HTTPStatus.UNAUTHORIZED,
    CredentialsRefused: HTTPStatus.UNAUTHORIZED,
    RefreshRefused: HTTPStatus.UNAUTHORIZED,
    NotAllowed: HTTPStatus.FORBIDDEN,
    AccountTaken: HTTPStatus.CONFLICT,
    PasswordTooCommon: HTTPStatus.UNPROCESSABLE_ENTITY,
    RouteNotFound: HTTPStatus.NOT_FOUND,
    MethodNotAllowed: HTTPStatus.METHOD_NOT_ALLOWED,
    JobNotFound: HTTPStatus.NOT_FOUND,
    AssetNotFound: HTTPStatus.NOT_FOUND,
    ExportNotFound: HTTPStatus.NOT_FOUND,
    AssetInUse: HTTPStatus.CONFLICT,
    JobNotFinished: HTTPStatus.CONFLICT,
    JobFinished: HTTPStatus.CONFLICT,
    JobNotRetryable: HTTPStatus.CONFLICT,
    BodyMalformed: HTTPStatus.BAD_REQUEST,
    BodyTooLarge: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    BodyTooNested: HTTPStatus.UNPROCESSABLE_ENTITY,
    RequestInvalid: HTTPStatus.UNPROCESSABLE_ENTITY,
}


def status_of(error: LecternError) -> HTTPStatus:
    """The status of the nearest class of ``error`` that has one."""
    return next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)


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
    app.add_exception_handler(OperationalError, _on_database_error)
    app.add_exception_handler(PoolTimeout, _on_database_error)
    app.add_exception_handler(Exception, _on_anything_else)


def _as_json(error: FieldError) -> dict[str, str]:
    return {"field": error.field, "code": error.code, "message": error.message}


def _headers(error: LecternError, status: HTTPStatus) -> dict[str, str]:
    if isinstance(error, TokenRefused):
        return {"WWW-Authenticate": 'Bearer error="invalid_token"'}
    if status is HTTPStatus.UNAUTHORIZED:
        return {"WWW-Authenticate": "Bearer"}
    if status is HTTPStatus.SERVICE_UNAVAILABLE:
        return {"Retry-After": str(RETRY_SECONDS)}
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
            field=".".join(str(part) for part in each["loc"][1:]) or str(each["loc"][0]),
            code=each["type"],
            message=each["msg"].removeprefix("Value error, "),
        )
        for each in found
    ]


async def _on_http_exception(request: Request, error: Exception) -> Response:
    """What the framework refuses itself."""
    assert isinstance(error, HTTPException)
    if isinstance(error.__cause__, LecternError):
        # raised while the body was read; FastAPI wraps whatever happens there
        return problem(error.__cause__, request_id_of(request))
    answer = problem(_translated(request, error), request_id_of(request))
    answer.headers.update(error.headers or {})
    return answer


def _translated(request: Request, error: HTTPException) -> LecternError:
    if error.status_code == HTTPStatus.NOT_FOUND:
        return RouteNotFound()
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        return MethodNotAllowed(request.method)
    return BodyMalformed(str(error.detail).rstrip("."))


async def _on_history_end(request: Request, error: Exception) -> Response:  # noqa: ARG001
    return Response(status_code=HTTPStatus.NO_CONTENT)


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
