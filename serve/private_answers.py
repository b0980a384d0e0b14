"""Answers are for who asked: no cache keeps them, and no browser guesses at what they are."""

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

BELOW = "/api/"
HEADERS = {
    # tokens, keys and lessons: not on the disk of a shared computer (RFC 6749, 5.1)
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
}
"""Of what does not say otherwise itself."""


class PrivateAnswers:
    """Says so of everything below ``/api``."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(BELOW):
            return await self._app(scope, receive, send)

        async def private(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        return await self._app(scope, receive, private)
