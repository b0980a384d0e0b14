"""How large and how deep the body of a request may be."""

import json
from collections.abc import Iterable
from math import isfinite
from typing import Any

from fastapi import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from serve.errors import BodyMalformed, BodyTooLarge, BodyTooNested
from serve.problems import problem, request_id_of

JSON_BYTES = 2 * 1024 * 1024
BATCH_BYTES = 16 * 1024 * 1024
"""Hundreds of lessons, each with its words."""
UPLOAD_BYTES = 25 * 1024 * 1024
FORM_BYTES = 64 * 1024
"""What a multipart form may hold beside its file."""
NESTING = 32
MOST_DIGITS = 20
"""Of a length that is announced."""


class BodyLimit:
    """Stops reading a body at its limit: ``UPLOAD_BYTES`` for multipart, ``BATCH_BYTES`` for
    batches, else ``JSON_BYTES``."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        request = Request(scope)
        limit = _limit(request)
        if _announced_bytes(request) > limit:
            answer = problem(BodyTooLarge(limit), request_id_of(request))
            return await answer(scope, receive, send)
        return await self._app(scope, _counted(receive, limit), send)


def _limit(request: Request) -> int:
    multipart = request.headers.get("content-type", "").startswith("multipart/form-data")
    if multipart:
        return UPLOAD_BYTES + FORM_BYTES
    return BATCH_BYTES if request.url.path == "/api/batches" else JSON_BYTES


def _announced_bytes(request: Request) -> int:
    announced = request.headers.get("content-length", "")
    # a number of so many digits that Python refuses to read it is too large all the same
    return int(announced[:MOST_DIGITS]) if announced.isdecimal() else 0


def _counted(receive: Receive, limit: int) -> Receive:
    read = 0

    async def count() -> Message:
        nonlocal read
        message = await receive()
        read += len(message.get("body", b""))
        if read > limit:
            raise BodyTooLarge(limit)
        return message

    return count


class StrictRequest(Request):
    """A request whose JSON is what RFC 8259 says, and not deeper than ``NESTING`` levels."""

    async def json(self) -> Any:
        return read_json(await self.body())


def read_json(text: str | bytes) -> Any:
    """What a JSON text says, be it a body or a field of a form.

    Raises BodyMalformed, also for numbers that no float can hold, and BodyTooNested.
    """
    try:
        value = json.loads(text, parse_constant=_refuse_constant, parse_float=_finite)
    except RecursionError as error:
        raise BodyTooNested(NESTING) from error
    except ValueError as error:
        raise BodyMalformed(f"it is not valid JSON ({error})") from error
    if _depth_exceeds(value, NESTING):
        raise BodyTooNested(NESTING)
    return value


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not a number")


def _finite(written: str) -> float:
    number = float(written)
    if not isfinite(number):
        raise ValueError("a number is too large")
    return number


def _depth_exceeds(value: Any, levels: int) -> bool:
    level: list[Any] = [value]
    for _ in range(levels):
        level = [inner for outer in level for inner in _inside(outer)]
        if not level:
            return False
    return True


def _inside(value: Any) -> Iterable[Any]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()
