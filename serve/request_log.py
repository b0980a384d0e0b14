"""Names every request and writes one line about it."""

import re
import time

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uuid_utils.compat import uuid7

log = structlog.get_logger("lectern.http")

HEADER = "X-Request-ID"
PLAYER = re.compile(r"(?<=^/embed/)(?!player/)[^/]+")
_ACCEPTED = re.compile(r"[A-Za-z0-9._-]{1,64}")


class RequestLog:
    """Takes the caller's ``X-Request-ID`` or makes one; every log line and problem carries it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        request_id = _request_id(scope)
        scope.setdefault("state", {})["request_id"] = request_id
        started = time.perf_counter()
        status = 500

        async def named(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)[HEADER] = request_id
            await send(message)

        with structlog.contextvars.bound_contextvars(request_id=request_id):
            try:
                await self._app(scope, receive, named)
            finally:
                log.info(
                    "request",
                    method=scope["method"],
                    # a player's address is its key: who reads the log may not watch
                    path=PLAYER.sub("…", scope["path"]),
                    status=status,
                    seconds=round(time.perf_counter() - started, 4),
                )


def _request_id(scope: Scope) -> str:
    given = Headers(scope=scope).get(HEADER, "")
    return given if _ACCEPTED.fullmatch(given) else str(uuid7())
