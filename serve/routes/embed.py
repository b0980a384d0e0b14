"""Lessons on other people's pages: their addresses, and what is found there."""

from html import escape
from pathlib import Path as File
from pathlib import PurePath
from typing import Annotated

from anyio.to_thread import run_sync
from fastapi import APIRouter, Depends, Path, Query, Request, Response, status
from fastapi.responses import HTMLResponse, PlainTextResponse

from db import embeds as rows
from pipeline.errors import ArtefactMissing
from pipeline.export.player_page import assets
from pipeline.export.templates import package_file
from serve import embeds, oembed
from serve.deps import Audit, HeldJob, LessonWriter, OwnJob, StudioParts, Transaction
from serve.embeds import CAPTIONS, FILM, POSTER, TRANSCRIPT, Embedded, embed_read
from serve.errors import EmbedNotFound, OembedFormatUnknown, PlayerNotFound
from serve.idempotency import CREATES
from serve.limits import StrictRoute
from serve.ranges import send
from serve.schemas import EmbedAsk, EmbedRead, Oembed

READ = ["GET", "HEAD"]
"""Whoever checks a link or asks how long a film is does not read it."""
TYPES = {".js": "text/javascript", ".css": "text/css"}
PRIVATE = {
    # the address is the key: it must not be told to others, and what it opens not be kept by them
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
    "Cache-Control": "private, no-cache",
}

NO_PLAYER = File(__file__).with_name("no_player.html")
NO_PLAYER_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors *"
)

router = APIRouter()
owned = APIRouter(prefix="/api/jobs/{job_id}", tags=["lessons"], route_class=StrictRoute)
public = APIRouter(prefix="/embed", include_in_schema=False)
# of another standard: it says what is asked and answered, and strangers may ask for more
described = APIRouter(include_in_schema=False)


@owned.get("/embed")
def read_embed(job: OwnJob, db: Transaction, request: Request) -> EmbedRead:
    """The address at which anybody may watch the lesson."""
    embed = rows.find(db, job.id)
    if embed is None:
        raise EmbedNotFound
    return embed_read(db, embed, job, str(request.base_url))


@owned.post("/embed", dependencies=[CREATES])
def create_embed(
    ask: EmbedAsk,
    user: LessonWriter,  # noqa: ARG001
    job: HeldJob,
    db: Transaction,
    record: Audit,
    request: Request,
) -> EmbedRead:
    """Makes an address at which anybody may watch the lesson, and a snippet for pages.

    A lesson that has one keeps it; the sites that may show it are replaced.
    """
    embed = embeds.make(db, job, ask.origins)
    record("lesson.embedded", f"job:{job.id}", origins=ask.origins)
    return embed_read(db, embed, job, str(request.base_url))


@owned.delete("/embed", status_code=status.HTTP_204_NO_CONTENT)
def revoke_embed(
    user: LessonWriter,  # noqa: ARG001
    job: OwnJob,
    db: Transaction,
    record: Audit,
) -> None:
    """Takes the address back: at once, also for players that are open."""
    if not rows.revoke(db, job.id):
        raise EmbedNotFound
    record("lesson.embed_revoked", f"job:{job.id}")


@public.api_route("/player/{name}", methods=READ)
def player_file(name: str) -> Response:
    """What every player's page is made with."""
    if name not in assets("none", quiz=True):
        raise PlayerNotFound
    file = package_file(f"player/{name}")
    headers = {"Cache-Control": "public, max-age=300", "X-Content-Type-Options": "nosniff"}
    media_type = TYPES[PurePath(name).suffix]
    return Response(file.read_bytes(), media_type=media_type, headers=headers)


def shown(token: Annotated[str, Path(max_length=100)], studio: StudioParts) -> Embedded:
    """Looked up for every part of a film, so that revoking stops it. Raises PlayerNotFound."""
    if not token.isascii() or not token.isprintable():  # no database could look for it
        raise PlayerNotFound
    with studio.database.transaction() as db:
        return embeds.find(db, token)


Shown = Annotated[Embedded, Depends(shown)]


@public.api_route("/{token}", methods=READ)
def show(
    token: Annotated[str, Path(max_length=100)], studio: StudioParts, request: Request
) -> HTMLResponse:
    """The player; that it was opened is counted. Raises PlayerNotFound, for programs."""
    try:
        found = shown(token, studio)
    except PlayerNotFound as error:
        if not _asks_for_a_page(request):
            raise
        return _no_player(error)
    page = embeds.page(studio.storage, found, str(request.base_url))
    if _opened_by_somebody(request):
        with studio.database.transaction() as db:
            rows.count_view(db, found.job.id)
    headers = PRIVATE | {"Content-Security-Policy": found.policy}
    return HTMLResponse(page, headers=headers)


def _no_player(error: PlayerNotFound) -> HTMLResponse:
    """What learners see in place of a player that was taken back."""
    page = NO_PLAYER.read_text("utf-8")
    page = page.replace("__WHAT__", escape(str(error))).replace("__ADVICE__", escape(error.advice))
    headers = PRIVATE | {"Content-Security-Policy": NO_PLAYER_POLICY, "Vary": "Accept"}
    return HTMLResponse(page, status.HTTP_404_NOT_FOUND, headers)


def _asks_for_a_page(request: Request) -> bool:
    """Browsers ask for HTML by name."""
    return "text/html" in request.headers.get("accept", "")


def _opened_by_somebody(request: Request) -> bool:
    """Those who look for a description, and most robots, ask for no page. One that is only fetched
    in case it is wanted says so."""
    return _asks_for_a_page(request) and "prefetch" not in request.headers.get("sec-purpose", "")


@public.api_route("/{token}/" + CAPTIONS, methods=READ)
def show_captions(shown: Shown, studio: StudioParts) -> PlainTextResponse:
    text = embeds.captions(studio.storage, shown)
    return PlainTextResponse(text, headers=PRIVATE, media_type="text/vtt")


@public.api_route("/{token}/" + TRANSCRIPT, methods=READ)
def show_transcript(shown: Shown, studio: StudioParts) -> PlainTextResponse:
    return PlainTextResponse(embeds.transcript(studio.storage, shown), headers=PRIVATE)


@public.api_route("/{token}/" + FILM, methods=READ)
async def show_film(shown: Shown, studio: StudioParts, request: Request) -> Response:
    """The film, or the part that the player asks for."""
    return await _media(shown, studio, FILM, request)


@public.api_route("/{token}/" + POSTER, methods=READ)
async def show_poster(shown: Shown, studio: StudioParts, request: Request) -> Response:
    return await _media(shown, studio, POSTER, request)


async def _media(shown: Embedded, studio: StudioParts, name: str, request: Request) -> Response:
    try:
        answer = await run_sync(send, studio.storage, embeds.media(shown, name), request)
    except ArtefactMissing as error:
        raise PlayerNotFound from error
    answer.headers.update(PRIVATE)
    return answer


@described.get("/api/oembed")
def read_oembed(
    url: Annotated[str, Query(max_length=2000)],
    studio: StudioParts,
    request: Request,
    response: Response,
    max_width: Annotated[int | None, Query(alias="maxwidth", ge=1)] = None,
    max_height: Annotated[int | None, Query(alias="maxheight", ge=1)] = None,
    format_: Annotated[str, Query(alias="format")] = "json",
) -> Oembed:
    """How to show the player at ``url``. Whatever else is asked, as some do, changes nothing."""
    if format_ != "json":
        raise OembedFormatUnknown
    base = str(request.base_url)
    found = shown(oembed.token_in(url, base), studio)
    # editors ask from their own pages; who knows the address may see the lesson anyway
    response.headers["Access-Control-Allow-Origin"] = "*"
    return oembed.describe(found, base, max_width, max_height)


router.include_router(owned)
router.include_router(described)
router.include_router(public)
