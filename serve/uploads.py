"""Takes uploaded files in: checks each by its content, and stores what is kept of it."""

import hashlib
import shutil
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO
from uuid import UUID

import structlog
from anyio.to_thread import run_sync
from sqlalchemy.exc import SQLAlchemyError
from uuid_utils.compat import uuid7

from db import assets
from db.models import Asset, AssetKind, AssetStatus
from deployments.zyphra.narration import read_narration
from pipeline.errors import (
    LecternError,
    LessonError,
    PictureUnreadable,
    ScriptTooLong,
    ScriptUnreadable,
    SoundUnreadable,
)
from pipeline.media.apart import CheckStopped, run_apart
from pipeline.media.loudness import loudness
from pipeline.media.sound import read_sound
from pipeline.media.thumbnail import WEBP, thumbnail_of
from pipeline.script import split_script
from pipeline.sentences import estimate_seconds
from pipeline.storage import Storage, asset_key, asset_prefix, thumbnail_key
from pipeline.workroom import workroom
from serve.bodies import UPLOAD_BYTES
from serve.deps import Slots, Studio
from serve.errors import BodyTooLarge
from serve.schemas import AssetUpload

log = structlog.get_logger("lectern.uploads")

MEBIBYTE = 1024 * 1024
MOST_BYTES: Mapping[AssetKind, int] = {
    AssetKind.PORTRAIT: 20 * MEBIBYTE,
    AssetKind.VOICE: 50 * MEBIBYTE,
    AssetKind.SLIDE: 50 * MEBIBYTE,
    AssetKind.SCRIPT: 1 * MEBIBYTE,
}
SCRIPT_CHARACTERS = 100_000
LONGEST_NAME = 200

Details = dict[str, Any]


@asynccontextmanager
async def take_in(
    studio: Studio, slots: Slots, owner_id: UUID, form: AssetUpload
) -> AsyncIterator[Asset]:
    """An asset whose file passed its check and lies in the storage; its row is to be added.

    Raises the LessonError that says what is wrong with the file, and BodyTooLarge."""
    with workroom() as folder:
        source, kept = folder / "uploaded", folder / "kept"
        await run_sync(_copy, form.file.file, source)
        _check_size(form.kind, source.stat().st_size)
        found = await checked(studio, slots, form.kind, source, kept)
        asset = _asset(owner_id, form, found)
        async with kept_with_their_rows(studio, [asset]):
            small = await run_sync(put_away, studio.storage, asset, kept, asset.content_type)
            asset.thumbnail_key = small
            yield asset


@asynccontextmanager
async def kept_with_their_rows(studio: Studio, new: Sequence[Asset]) -> AsyncIterator[None]:
    """Of assets whose rows are not written in the end, no file stays either: nobody could ever
    delete it. To be left after the transaction that writes them."""
    try:
        yield
    except Exception:
        # where this fails too, or somebody only left, a file too many is better than one too few
        with suppress(LecternError, SQLAlchemyError):
            await run_sync(_remove_unwritten, studio, new)
        raise


def _remove_unwritten(studio: Studio, new: Sequence[Asset]) -> None:
    for asset in new:
        with studio.database.transaction() as db:
            written = assets.find(db, asset.owner_id, asset.id) is not None
        if not written:
            studio.storage.delete_prefix(asset_prefix(asset.owner_id, asset.id))


@dataclass(frozen=True, slots=True)
class Found:
    """What a check says of the file that it leaves to be kept."""

    content_type: str
    bytes: int
    sha256: str
    details: Details


async def checked(studio: Studio, slots: Slots, kind: AssetKind, source: Path, kept: Path) -> Found:
    """Checks what was uploaded by its content, and writes to ``kept`` what is kept of it.

    Raises the LessonError that says what is wrong with it."""
    async with slots.checks:
        details = await run_sync(CHECKS[kind], studio, source, kept)
    digest = await run_sync(sha256_of, kept)
    return Found(details.pop("content_type"), kept.stat().st_size, digest, details)


def check_portrait(studio: Studio, source: Path, kept: Path) -> Details:
    details = _picture("inspect_picture", source, kept)
    face = studio.find_face(kept.read_bytes())
    return details | {
        "face": {
            "box": list(face.box),
            "roll_degrees": round(face.roll_degrees, 1),
            "sharpness": round(face.sharpness, 1),
        }
    }


def check_slide(studio: Studio, source: Path, kept: Path) -> Details:  # noqa: ARG001
    return _picture("inspect_slide", source, kept)


def check_voice(studio: Studio, source: Path, kept: Path) -> Details:  # noqa: ARG001
    failed = SoundUnreadable("it takes too much time or memory to open")
    details = _apart("pipeline.media.inspect_voice:inspect_voice", source, kept, failed)
    # measured here: what is kept is ours, and the measure takes long to load
    return details | {"loudness_lufs": round(loudness(read_sound(kept)), 1)}


def check_script(studio: Studio, source: Path, kept: Path) -> Details:  # noqa: ARG001
    text = read_script(source.read_bytes())
    scenes = split_script(text)
    for scene in scenes:
        read_narration(scene.narration)
    kept.write_text(text, encoding="utf-8")
    return {
        "content_type": "text/markdown; charset=utf-8",
        "characters": len(text),
        "scenes": len(scenes),
        "seconds": round(sum(estimate_seconds(scene.narration) for scene in scenes), 1),
    }


CHECKS: Mapping[AssetKind, Callable[[Studio, Path, Path], Details]] = {
    AssetKind.PORTRAIT: check_portrait,
    AssetKind.VOICE: check_voice,
    AssetKind.SLIDE: check_slide,
    AssetKind.SCRIPT: check_script,
}


def read_script(data: bytes) -> str:
    """Raises ScriptUnreadable and ScriptTooLong."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ScriptUnreadable("it is not text in UTF-8") from error
    if "\0" in text:
        raise ScriptUnreadable("it holds characters that no text has (NUL)")
    if len(text) > SCRIPT_CHARACTERS:
        raise ScriptTooLong(len(text), SCRIPT_CHARACTERS)
    return text


def _picture(check: str, source: Path, kept: Path) -> Details:
    failed = PictureUnreadable("it takes too much time or memory to open")
    return _apart(f"pipeline.media.inspect_picture:{check}", source, kept, failed)


def _apart(check: str, source: Path, kept: Path, failed: LessonError) -> Details:
    try:
        return run_apart(check, source, kept)
    except CheckStopped as error:
        log.warning("check stopped", check=check, reason=str(error))
        raise failed from error


def _copy(uploaded: BinaryIO, path: Path) -> None:
    with path.open("wb") as file:
        shutil.copyfileobj(uploaded, file)


def _check_size(kind: AssetKind, size_bytes: int) -> None:
    most = min(MOST_BYTES[kind], UPLOAD_BYTES)
    if size_bytes > most:
        raise BodyTooLarge(most)


def _asset(owner_id: UUID, form: AssetUpload, found: Found) -> Asset:
    asset_id = uuid7()
    return Asset(
        id=asset_id,
        owner_id=owner_id,
        kind=form.kind,
        status=AssetStatus.READY,
        name=form.name or name_of(form.file.filename, form.kind),
        content_type=found.content_type,
        bytes=found.bytes,
        sha256=found.sha256,
        storage_key=asset_key(owner_id, asset_id),
        details=found.details,
        labels=form.metadata,
    )


def put_away(storage: Storage, asset: Asset, kept: Path, content_type: str) -> str | None:
    """Stores what is kept of an asset, and its thumbnail where it has one: the key of that."""
    storage.put_file(asset.storage_key, kept, content_type)
    small = thumbnail_of(kept)
    if not small.exists():
        return None
    key = thumbnail_key(asset.owner_id, asset.id)
    storage.put_file(key, small, WEBP)
    return key


def name_of(filename: str | None, kind: AssetKind) -> str:
    """The file's own name as far as it is fit to be shown."""
    shown = "".join(letter for letter in filename or "" if letter.isprintable())
    return shown.replace("\\", "/").rsplit("/", 1)[-1].strip()[:LONGEST_NAME] or kind.value


def sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
