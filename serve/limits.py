"""What every route refuses: what we do not know, what is too large, and what comes too often."""

from collections.abc import Awaitable, Callable, Coroutine, Iterator, Set
from typing import Any

from fastapi import Request, Response
from fastapi.dependencies.models import Dependant
from fastapi.dependencies.utils import get_flat_params
from fastapi.params import Query
from fastapi.routing import APIRoute
from starlette.types import ASGIApp, Receive, Scope, Send

from pipeline.errors import LecternError
from serve.bodies import StrictRequest
from serve.deps import caller, the_meter, the_studio
from serve.errors import (
    AddressTooLong,
    FieldError,
    HeadersTooLarge,
    MediaTypeRefused,
    NotSignedIn,
    RequestInvalid,
    TokenRefused,
)
from serve.idempotency import answered_once, once, once_from_here
from serve.origin import origin_of
from serve.problems import problem, request_id_of
from serve.rates import Kind, costly, count, unmetered
from serve.throttle import site_of

ADDRESS_BYTES = 8 * 1024
HEADER_BYTES = 32 * 1024
READING = {"GET", "HEAD"}

Handle = Callable[[Request], Awaitable[Response]]


class HeadLimit:
    """Refuses what stands before the body, where it is larger than anyone needs."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        error = _head_error(scope) if scope["type"] == "http" else None
        if error is None:
            return await self._app(scope, receive, send)
        answer = problem(error, request_id_of(Request(scope)))
        return await answer(scope, receive, send)


def _head_error(scope: Scope) -> LecternError | None:
    path = scope.get("raw_path") or scope["path"].encode()
    if len(path) + len(scope["query_string"]) > ADDRESS_BYTES:
        return AddressTooLong(ADDRESS_BYTES)
    if sum(len(name) + len(value) for name, value in scope["headers"]) > HEADER_BYTES:
        return HeadersTooLarge(HEADER_BYTES)
    return None


class StrictRoute(APIRoute):
    """A route that reads its requests as StrictRequest, refuses unknown query parameters, counts
    its requests, and answers those with the same Idempotency-Key once."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()
        known = {
            field.alias
            for field in get_flat_params(self.dependant)
            if isinstance(field.field_info, Query)
        }
        parts = list(_parts(self.dependant))
        calls = {part.call for part in parts}
        needed = sorted({scope for part in parts for scope in part.own_oauth_scopes or ()})
        kind = _kind(self.methods or set(), calls)
        media_types = _media_types(self)
        public = caller not in calls and unmetered not in calls

        async def handle_strictly(request: Request) -> Response:
            strict = StrictRequest(request.scope, request.receive)
            strict.state.needed, strict.state.kind = needed, kind
            if public:
                await _count_address(strict)
            _check_query(strict, known)
            _check_media_type(strict, media_types)
            return await _count_unknown(strict, handle)

        return handle_strictly


def _parts(dependant: Dependant) -> Iterator[Dependant]:
    """All that a route depends on."""
    for part in dependant.dependencies:
        yield part
        yield from _parts(part)


def _kind(methods: Set[str], calls: Set[object]) -> Kind:
    if calls & {once, once_from_here, costly}:
        return Kind.CREATE
    return Kind.READ if methods <= READING else Kind.WRITE


async def _count_unknown(request: Request, handle: Handle) -> Response:
    """Those who are let in are counted as they are let in; the others by their address."""
    try:
        return await answered_once(request, handle)
    except (NotSignedIn, TokenRefused):
        await _count_address(request)
        raise


async def _count_address(request: Request) -> None:
    origin = origin_of(request, the_studio(request).proxies)
    subject = f"address {site_of(origin.address)}"
    await count(request, the_meter(request), subject, Kind.ANONYMOUS)


def _check_query(request: Request, known: Set[str]) -> None:
    unknown = [
        FieldError(name, "unknown_parameter", "There is no such query parameter.")
        for name in request.query_params
        if name not in known
    ]
    if unknown:
        raise RequestInvalid(*unknown)


def _media_types(route: APIRoute) -> list[str]:
    """What the body may come as; empty where there is none."""
    described = (route.openapi_extra or {}).get("requestBody", {}).get("content", {})
    return [*described] or (["application/json"] if route.body_field else [])


def _check_media_type(request: Request, allowed: list[str]) -> None:
    sent = request.headers.get("content-length", "0") != "0"
    if not allowed or not (sent or "transfer-encoding" in request.headers):
        return
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type not in allowed:
        raise MediaTypeRefused(" or ".join(allowed))
