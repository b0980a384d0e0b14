"""A presentation taken in: a picture of each slide as an asset, and its notes as what is said."""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO
from uuid import UUID

import structlog
from anyio.to_thread import run_sync
from uuid_utils.compat import uuid7

from db import assets
from db.models import Asset, AssetKind, AssetStatus
from deployments.zyphra.narration import read_narration
from pipeline.errors import LessonError, SlidesUndrawable, SlidesUnreadable
from pipeline.media.apart import CheckStopped, run_apart
from pipeline.media.office import draw_as_pdf
from pipeline.media.slide_pages import AT_ONCE, Pages
from pipeline.sentences import estimate_seconds
from pipeline.storage import asset_key
from pipeline.workroom import workroom
from serve.deps import Slots, Studio
from serve.errors import FieldError, OfficeMissing, RequestInvalid
from serve.quotas import QuotaCheck
from serve.schemas import SlideScene, SlidesRead, SlidesUpload
from serve.uploads import LONGEST_NAME, kept_with_their_rows, name_of, put_away, sha256_of

log = structlog.get_logger("lectern.slides")

READ = "pipeline.media.presentation:read_presentation"
DRAW = "pipeline.media.slide_pages:draw_pages"
LONGEST_DECK_NAME = LONGEST_NAME - len(", slide 200")


@dataclass(frozen=True, slots=True)
class Drawn:
    """The picture of a slide, in a file that is ours."""

    path: Path
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Slide:
    """``picture`` is the asset that is to be, None where none was asked for; ``notes`` may be
    empty."""

    title: str | None
    notes: str
    picture: Asset | None


@dataclass(frozen=True, slots=True)
class Deck:
    name: str
    slides: tuple[Slide, ...]


@asynccontextmanager
async def read(
    studio: Studio, slots: Slots, owner_id: UUID, form: SlidesUpload
) -> AsyncIterator[Deck]:
    """What is in the presentation; its pictures lie in the storage, and stay there if their rows
    are written before this ends.

    Outside of any transaction. Raises OfficeMissing, SlidesUnreadable, SlidesTooMany,
    SlidesUndrawable, and RequestInvalid for notes that cannot be spoken.
    """
    if form.pictures and studio.office is None:
        raise OfficeMissing
    with workroom() as folder:
        source = folder / "slides.pptx"
        await run_sync(_copy, form.file.file, source)
        async with slots.checks:
            found = (await run_sync(_apart, READ, source, folder / "unused"))["slides"]
            _check_notes(found)
            office = studio.office if form.pictures else None
            drawn = await run_sync(_pictures, office, source, len(found))
        told = name_of(form.file.filename, AssetKind.SLIDE).removesuffix(".pptx")
        name = told[:LONGEST_DECK_NAME]
        new = {at: _asset(owner_id, f"{name}, slide {at + 1}", drawn[at]) for at in drawn}
        async with kept_with_their_rows(studio, list(new.values())):
            for at, asset in new.items():
                path, kind = drawn[at].path, asset.content_type
                asset.thumbnail_key = await run_sync(put_away, studio.storage, asset, path, kind)
            slides = (Slide(**each, picture=new.get(at)) for at, each in enumerate(found))
            yield Deck(name, tuple(slides))


def keep(quota: QuotaCheck, deck: Deck) -> SlidesRead:
    """A scene for each slide; its picture is an asset from now on. Raises StorageQuotaReached."""
    for slide in deck.slides:
        if slide.picture is not None:
            assets.add(quota.db, slide.picture)
    quota.check_uploads()
    scenes = [_scene(index, slide) for index, slide in enumerate(deck.slides)]
    seconds = round(sum(scene.seconds for scene in scenes), 1)
    return SlidesRead(title=deck.name, scenes=scenes, seconds=seconds)


def _asset(owner_id: UUID, name: str, picture: Drawn) -> Asset:
    identity = uuid7()
    size = {"width": picture.width, "height": picture.height}
    return Asset(
        id=identity,
        owner_id=owner_id,
        kind=AssetKind.SLIDE,
        status=AssetStatus.READY,
        name=name,
        content_type="image/png",
        bytes=picture.path.stat().st_size,
        sha256=sha256_of(picture.path),
        storage_key=asset_key(owner_id, identity),
        details=size | {f"uploaded_{side}": pixels for side, pixels in size.items()},
        labels={},
    )


def _scene(index: int, slide: Slide) -> SlideScene:
    return SlideScene(
        index=index,
        title=slide.title,
        narration=slide.notes,
        slide_id=None if slide.picture is None else slide.picture.id,
        seconds=round(estimate_seconds(slide.notes), 1) if slide.notes else 0.0,
    )


def _check_notes(found: list[dict[str, Any]]) -> None:
    """Marks that a narration cannot have are told by slide, from 0."""
    wrong = [
        FieldError(f"slides.{index}.notes", error.code, str(error))
        for index, slide in enumerate(found)
        if slide["notes"] and (error := _fault(slide["notes"])) is not None
    ]
    if wrong:
        raise RequestInvalid(*wrong)


def _fault(notes: str) -> LessonError | None:
    try:
        read_narration(notes)
    except LessonError as error:
        return error
    return None


def _pictures(office: Path | None, source: Path, count: int) -> dict[int, Drawn]:
    """By slide, from 0; none without an office. Raises SlidesUndrawable."""
    if office is None:
        return {}
    pdf, folder = draw_as_pdf(office, source, source.parent), source.parent / "pages"
    drawn: dict[int, Drawn] = {}
    for first in range(0, count, AT_ONCE):
        ask = source.parent / "ask"
        Pages(pdf=pdf, first=first).write(ask)
        told = _apart(DRAW, ask, folder)
        if told["pages"] != count:
            raise SlidesUndrawable(f"{count} slides became {told['pages']} pages")
        for at, (width, height) in enumerate(told["sizes"], start=first):
            drawn[at] = Drawn(folder / f"{at}.png", width, height)
    return drawn


def _apart(check: str, source: Path, target: Path) -> dict[str, Any]:
    try:
        return run_apart(check, source, target)
    except CheckStopped as error:
        log.warning("check stopped", check=check, reason=str(error))
        raise SlidesUnreadable("it takes too much time or memory to open") from error


def _copy(uploaded: BinaryIO, path: Path) -> None:
    with path.open("wb") as file:
        shutil.copyfileobj(uploaded, file)
