"""A lesson's player for other people's pages: who knows its address may watch it."""

import secrets
from dataclasses import dataclass
from html import escape

from sqlalchemy.orm import Session

from db import embeds
from db.models import Embed, Export, Job, JobStatus
from pipeline.engines import EngineCard
from pipeline.errors import ArtefactMissing
from pipeline.export.lesson import Lesson
from pipeline.export.package import transcript_of
from pipeline.export.player_page import CONTENT_SECURITY_POLICY, PlayerLinks, player_page
from pipeline.export.timings import TIMINGS, load_timings
from pipeline.lesson import LessonSpec
from pipeline.media.caption_files import webvtt
from pipeline.storage import Storage, export_key
from serve.errors import NotEmbeddable, PlayerNotFound
from serve.schemas import EmbedRead

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


def embed_read(embed: Embed, job: Job, base: str) -> EmbedRead:
    """``base`` is the studio's address as it was asked, with its slash."""
    address = f"{base}embed/{embed.token}"
    width, height = LessonSpec.model_validate(job.spec).video.size
    snippet = SNIPPET.format(
        address=escape(address), title=escape(job.title), width=width, height=height
    )
    return EmbedRead(
        address=address, iframe=snippet, origins=embed.origins, created_at=embed.created_at
    )


def find(db: Session, token: str) -> Embedded:
    """Raises PlayerNotFound, also when the lesson is being made again."""
    found = embeds.find_shown(db, token)
    if found is None or _export(found[1], FILM) is None:
        raise PlayerNotFound
    return Embedded(*found)


def page(storage: Storage, shown: Embedded) -> str:
    """The player; all that it links to lies below its own address. Blocks."""
    below = f"{shown.embed.token}/"
    links = PlayerLinks(
        f"{below}{FILM}",
        f"{below}{CAPTIONS}",
        f"{below}{POSTER}",
        f"{below}{TRANSCRIPT}",
        "player/",
    )
    size = LessonSpec.model_validate(shown.job.spec).video.size
    return player_page(_lesson(storage, shown.job), size, links, "none")


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
    """From what is kept beside the exports: scenes may be gone, with what they were made of."""
    try:
        scenes = load_timings(storage.get(export_key(job.owner_id, job.id, TIMINGS)))
    except ArtefactMissing as error:
        raise PlayerNotFound from error
    spec = LessonSpec.model_validate(job.spec)
    engines = {step.name: EngineCard(**step.engine) for step in job.steps if step.engine}
    share = spec.completion.watched_share
    return Lesson(scenes, str(job.id), job.title, spec.language, engines, share, quiz=spec.quiz)


def _export(job: Job, name: str) -> Export | None:
    return next((export for export in job.exports if export.name == name), None)
