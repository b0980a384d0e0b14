"""Requests that a browser signs by itself, with its cookie: only our own pages may make them.

The cookie is SameSite=Strict already; this also holds for sites beside us on the same domain, and
where a browser does not know SameSite.
"""

from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Header, Request

from serve.errors import CrossSiteRefused

HEADER = "Lectern-CSRF"
"""No page of another origin can send a header of its own without our leave (Fetch, CORS)."""
OWN_PAGES = ("same-origin", "none")

CsrfHeader = Annotated[
    str | None,
    Header(
        alias=HEADER, max_length=20, description="Any value; needed where a cookie is what signs."
    ),
]


def refuse_cross_site(request: Request) -> None:
    """Raises CrossSiteRefused when the browser says that another site's page asks."""
    site = request.headers.get("sec-fetch-site")
    if site is not None and site not in OWN_PAGES:
        raise CrossSiteRefused
    told = request.headers.get("origin")
    if told is not None and _host_of(told) != request.headers.get("host"):
        raise CrossSiteRefused


def _host_of(origin: str) -> str | None:
    try:
        return urlsplit(origin).netloc
    except ValueError:
        return None


def check_cookie_use(request: Request, header: str | None) -> None:
    """Raises CrossSiteRefused, also when nothing proves that a page of ours asks."""
    refuse_cross_site(request)
    if header is None:
        raise CrossSiteRefused
