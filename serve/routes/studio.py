"""The web studio: its pages, as `make run` has built them from ui/.

Files below /assets are named by their content and never change; every other address is a page of
the studio, which finds out in the browser what to show there.
"""

import secrets
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import FileResponse, HTMLResponse
from fastapi.routing import APIRoute
from starlette.routing import Match
from starlette.types import Scope

from serve.deps import StudioParts
from serve.errors import RouteNotFound

NOT_BUILT = Path(__file__).with_name("not_built.html")
NONCE = "__NONCE__"
FOR_EVER = "public, max-age=31536000, immutable"
ASK_EACH_TIME = "no-cache"
ENCODINGS = {"br": ".br", "gzip": ".gz"}
"""What the build compresses, best first; see ui/vite.config.ts."""


class PageRoute(APIRoute):
    """Leaves everything below /api to the interface: its errors are problems, not pages."""

    def matches(self, scope: Scope) -> tuple[Match, Any]:
        path: str = scope["path"]
        if path == "/api" or path.startswith("/api/"):
            return Match.NONE, {}
        return super().matches(scope)


router = APIRouter(include_in_schema=False, route_class=PageRoute)


def security_policy(nonce: str, storage: str) -> str:
    """Only what comes from here runs; media and uploads also go to and from ``storage``."""
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            # the accessible parts add a few rules of their own, signed with the nonce
            f"style-src 'self' 'nonce-{nonce}'",
            "font-src 'self'",
            f"img-src 'self' blob: {storage}",
            f"media-src 'self' blob: {storage}",
            f"connect-src 'self' {storage}",
            "worker-src 'self' blob:",
            "manifest-src 'self'",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        )
    )


def page_headers(policy: str) -> dict[str, str]:
    return {
        "Content-Security-Policy": policy,
        "Cross-Origin-Opener-Policy": "same-origin",
        "Permissions-Policy": "camera=(self), microphone=(self), geolocation=()",
        "Referrer-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": ASK_EACH_TIME,
    }


def storage_address(studio: StudioParts) -> str:
    """Where browsers reach the storage, as its signed addresses name it. Asks nobody."""
    address = urlsplit(studio.storage.presign_get("any", 60))
    return f"{address.scheme}://{address.netloc}"


@router.api_route("/assets/{name}", methods=["GET", "HEAD"])
def read_asset(name: str, request: Request, studio: StudioParts) -> Response:
    """A file named by its content."""
    return _file(studio.pages / "assets", name, request, FOR_EVER)


@router.api_route("/{path:path}", methods=["GET", "HEAD"])
def read_page(
    path: str,
    request: Request,
    studio: StudioParts,
    storage: Annotated[str, Depends(storage_address)],
) -> Response:
    """The studio, whichever of its pages; or one of the few files beside it."""
    if "." in path.rpartition("/")[2]:
        return _file(studio.pages, path, request, ASK_EACH_TIME)
    index = studio.pages / "index.html"
    if not index.exists():
        return _not_built()
    nonce = secrets.token_urlsafe(16)
    page = index.read_text("utf-8").replace(NONCE, nonce)
    return HTMLResponse(page, headers=page_headers(security_policy(nonce, storage)))


def _file(folder: Path, name: str, request: Request, caching: str) -> Response:
    """Raises RouteNotFound, also for what lies outside of the folder."""
    path = _found(folder, name)
    if path is None or path.name == "index.html":
        raise RouteNotFound
    headers = {
        "Cache-Control": caching,
        "Vary": "Accept-Encoding",
        "X-Content-Type-Options": "nosniff",
    }
    accepted = request.headers.get("accept-encoding", "")
    for encoding, ending in ENCODINGS.items():
        packed = path.with_name(path.name + ending)
        if encoding in accepted and packed.is_file():
            headers["Content-Encoding"] = encoding
            return FileResponse(packed, headers=headers, media_type=_type(path))
    return FileResponse(path, headers=headers, media_type=_type(path))


def _found(folder: Path, name: str) -> Path | None:
    """The file of this name in the folder; a name that no file can have is that of none."""
    try:
        path = (folder / name).resolve()
        return path if path.is_relative_to(folder.resolve()) and path.is_file() else None
    except (OSError, ValueError):
        return None


def _type(path: Path) -> str | None:
    """Not left to the machine's own table, which may call a script plain text."""
    return {
        ".js": "text/javascript",
        ".css": "text/css",
        ".svg": "image/svg+xml",
        ".woff2": "font/woff2",
    }.get(path.suffix)


def _not_built() -> Response:
    policy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
    page = NOT_BUILT.read_text("utf-8")
    return HTMLResponse(page, headers=page_headers(f"{policy}; frame-ancestors 'none'"))
