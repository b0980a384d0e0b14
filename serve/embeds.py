"""A lesson's player for other people's pages: who knows its address may watch it."""

import secrets
from dataclasses import dataclass
from html import escape
from urllib.parse import urlencode

from sqlalchemy.orm import Session

from db import embeds
from db.models import Embed, Export, Job, JobStatus
from pipeline.errors import ArtefactMissing
from pipeline.export.lesson import Lesson
from pipeline.export.package import transcript_of
from pipeline.export.player_page import CONTENT_SECURITY_POLICY, PlayerLinks, player_page
from pipeline.lesson import LessonSpec
from pipeline.media.caption_files import webvtt
from pipeline.storage import Storage
from serve.errors import NotEmbeddable, PlayerNotFound
from serve.finished import finished_lesson
from serve.schemas import DayViews, EmbedRead

TOKEN_BYTES = 32
FILM, POSTER = "lesson.mp4", "poster.jpg"
CAPTIONS, TRANSCRIPT = "captions.vtt", "transcript.txt"
SNIPPET = (
    '<iframe src="{address}" title="{title}" width="{width}" height="{height}" '
    'allow="fullscreen" loading="lazy" style="border: 0; max-width: 100%"></iframe>'
)


@dataclass(frozen=True, slots=True)
class Embedded:
    """A lesson that may be watched by whoever knows its token."""

    embed: Embed
    job: Job

    @property
    def policy(self) -> str:
        """What its page may load, and on which pages it may stand."""
        ancestors = " ".join(self.embed.origins) or "*"
        return f"{CONTENT_SECURITY_POLICY}; frame-ancestors {ancestors}"


def make(db: Session, job: Job, origins: list[str]) -> Embed:
    """An address for the lesson; it keeps the one it has. Raises NotEmbeddable."""
    if job.status is not JobStatus.SUCCEEDED or _export(job, FILM) is None:
        raise NotEmbeddable
    return embeds.put(db, job.id, secrets.token_urlsafe(TOKEN_BYTES), origins)


def embed_read(db: Session, embed: Embed, job: Job, base: str) -> EmbedRead:
    """``base`` is the studio's address as it was asked, with its slash."""
    address = address_of(embed, base)
    seen = embeds.views(db, job.id)
    return EmbedRead(
        address=address,
        iframe=snippet(address, job.title, size_of(job)),
        origins=embed.origins,
        created_at=embed.created_at,
        views=seen.total,
        views_by_day=[DayViews(day=day, views=views) for day, views in seen.by_day],
    )


def address_of(embed: Embed, base: str) -> str:
    return f"{base}embed/{embed.token}"


def description_address(embed: Embed, base: str) -> str:
    """Where other pages learn how to show the player: see ``serve.oembed``."""
    asked = urlencode({"url": address_of(embed, base), "format": "json"})
    return f"{base}api/oembed?{asked}"


def snippet(address: str, title: str, size: tuple[int, int]) -> str:
    """HTML that shows the player. ``size``: width and height in pixels."""
    width, height = size
    return SNIPPET.format(address=escape(address), title=escape(title), width=width, height=height)


def size_of(job: Job) -> tuple[int, int]:
    return LessonSpec.model_validate(job.spec).video.size


def find(db: Session, token: str) -> Embedded:
    """Raises PlayerNotFound, also when the lesson is being made again."""
    found = embeds.find_shown(db, token)
    if found is None or _export(found[1], FILM) is None:
        raise PlayerNotFound
    return Embedded(*found)


def page(storage: Storage, shown: Embedded, base: str) -> str:
    """The player; all that it loads lies below its own address. Blocks."""
    below = f"{shown.embed.token}/"
    links = PlayerLinks(
        f"{below}{FILM}",
        f"{below}{CAPTIONS}",
        f"{below}{POSTER}",
        f"{below}{TRANSCRIPT}",
        "player/",
        description_address(shown.embed, base),
    )
    return player_page(_lesson(storage, shown.job), size_of(shown.job), links, "none")


def captions(storage: Storage, shown: Embedded) -> str:
    return webvtt(_lesson(storage, shown.job).cues)


def transcript(storage: Storage, shown: Embedded) -> str:
    return transcript_of(_lesson(storage, shown.job))


def media(shown: Embedded, name: str) -> Export:
    """Raises PlayerNotFound."""
    export = _export(shown.job, name)
    if export is None:
        raise PlayerNotFound
    return export


def _lesson(storage: Storage, job: Job) -> Lesson:
    try:
        return finished_lesson(storage, job)
    except ArtefactMissing as error:
        raise PlayerNotFound from error


def _export(job: Job, name: str) -> Export | None:
    return next((export for export in job.exports if export.name == name), None)
