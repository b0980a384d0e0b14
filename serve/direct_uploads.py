"""Files that go from their owner straight to the storage, and are checked once they are there."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from anyio.to_thread import run_sync
from uuid_utils.compat import uuid7

from db import assets
from db.models import Asset, AssetKind, AssetStatus
from pipeline.errors import LecternError, LessonError, UploadDiffers
from pipeline.storage import PresignedUpload, Storage, asset_key, asset_prefix, upload_key
from pipeline.workroom import workroom
from serve.deps import Slots, Studio
from serve.errors import FieldError, RequestInvalid, UploadMissing
from serve.schemas import UploadAsk
from serve.uploads import MOST_BYTES, Found, checked, name_of, put_away, sha256_of

ADDRESS_SECONDS = 60 * 60
"""How long the storage takes the file: enough for 50 MB on a slow line."""
CONFIRM_SECONDS = 24 * 60 * 60
"""How long an upload may go without being confirmed."""
CHECK_SECONDS = 5 * 60
"""How long a check may take before it is taken for dead, and may be begun anew."""
PICTURES = ("image/jpeg", "image/png", "image/webp")
TYPES = {
    AssetKind.PORTRAIT: PICTURES,
    AssetKind.SLIDE: (*PICTURES, "application/pdf"),
    AssetKind.SCRIPT: ("text/plain", "text/markdown"),
    AssetKind.VOICE: (
        "application/ogg",
        "audio/aac",
        "audio/flac",
        "audio/mp3",
        "audio/mp4",
        "audio/mpeg",
        "audio/ogg",
        "audio/vnd.wave",
        "audio/wav",
        "audio/wave",
        "audio/webm",
        "audio/x-flac",
        "audio/x-m4a",
        "audio/x-wav",
        "video/mp4",
        "video/webm",
    ),
}
"""What is worth sending; what it really is, its content tells."""


def announced(owner_id: UUID, ask: UploadAsk) -> Asset:
    """The row of a file that is to come. Raises RequestInvalid."""
    _check_announced(ask)
    asset_id = uuid7()
    return Asset(
        id=asset_id,
        owner_id=owner_id,
        kind=ask.kind,
        status=AssetStatus.PENDING,
        name=ask.name or name_of(ask.filename, ask.kind),
        content_type=ask.content_type,
        bytes=ask.size,
        sha256=ask.sha256,
        storage_key=asset_key(owner_id, asset_id),
        labels=ask.metadata,
        expires_at=_from_now(CONFIRM_SECONDS),
    )


def place_for(storage: Storage, asset: Asset) -> PresignedUpload:
    """Takes the announced file only: its type, size and hash are signed, and the store checks."""
    key, sha256 = upload_key(asset.id), asset.sha256
    return storage.presign_put(key, asset.content_type, asset.bytes, sha256, ADDRESS_SECONDS)


async def confirm(studio: Studio, slots: Slots, owner_id: UUID, asset_id: UUID) -> None:
    """Checks what has arrived; the row then says ``ready``, or ``failed`` and why.

    Whoever comes second finds it claimed or done, and does nothing. Raises UploadMissing, and
    whatever keeps the check from being made: the upload then waits to be confirmed again.
    """
    claimed = await run_sync(_claim, studio, owner_id, asset_id)
    if claimed is None:
        return
    try:
        outcome = await _taken_over(studio, slots, claimed)
    except LecternError as error:
        if not isinstance(error, LessonError) or error.retryable:
            await run_sync(_settle, studio, claimed, _pending())
            raise
        outcome = _failed(error)
    await run_sync(_settle, studio, claimed, outcome)
    await run_sync(studio.storage.delete, [upload_key(asset_id)])


async def _taken_over(studio: Studio, slots: Slots, asset: Asset) -> dict[str, Any]:
    with workroom() as folder:
        source, kept = folder / "uploaded", folder / "kept"
        await run_sync(_fetch, studio.storage, asset, source)
        found = await checked(studio, slots, asset.kind, source, kept)
        small = await run_sync(put_away, studio.storage, asset, kept, found.content_type)
        return _ready(found, small)


def _fetch(storage: Storage, asset: Asset, path: Path) -> None:
    """Never more than was announced. Raises UploadMissing, UploadDiffers."""
    there = storage.head(upload_key(asset.id))
    if there is None:
        raise UploadMissing
    if there.bytes_ != asset.bytes:
        raise UploadDiffers(f"it has {there.bytes_} bytes, not {asset.bytes}.")
    storage.download(upload_key(asset.id), path)
    if sha256_of(path) != asset.sha256:
        raise UploadDiffers("its SHA-256 is another.")


def _claim(studio: Studio, owner_id: UUID, asset_id: UUID) -> Asset | None:
    with studio.database.transaction() as db:
        return assets.claim(db, owner_id, asset_id, CHECK_SECONDS)


def _settle(studio: Studio, claimed: Asset, outcome: dict[str, Any]) -> None:
    """If the asset was deleted meanwhile, what was stored for it goes too."""
    with studio.database.transaction() as db:
        if assets.settle(db, claimed, **outcome) is not None:
            return
        gone = assets.find(db, claimed.owner_id, claimed.id) is None
    if gone:
        studio.storage.delete_prefix(asset_prefix(claimed.owner_id, claimed.id))


def _ready(found: Found, thumbnail_key: str | None) -> dict[str, Any]:
    return {
        "status": AssetStatus.READY,
        "content_type": found.content_type,
        "bytes": found.bytes,
        "sha256": found.sha256,
        "thumbnail_key": thumbnail_key,
        "details": found.details,
        "expires_at": None,
    }


def _failed(error: LessonError) -> dict[str, Any]:
    return {
        "status": AssetStatus.FAILED,
        "error_code": error.code,
        "error_detail": f"{error} {error.advice}".strip(),
        "expires_at": None,
    }


def _pending() -> dict[str, Any]:
    return {"status": AssetStatus.PENDING, "expires_at": _from_now(CONFIRM_SECONDS)}


def _from_now(seconds: float) -> datetime:
    return datetime.now(UTC) + timedelta(seconds=seconds)


def _check_announced(ask: UploadAsk) -> None:
    errors = []
    most = MOST_BYTES[ask.kind]
    if ask.size > most:
        errors.append(
            FieldError("size", "file_too_large", f"A {ask.kind} has at most {most} bytes.")
        )
    if ask.content_type not in TYPES[ask.kind]:
        types = ", ".join(TYPES[ask.kind])
        errors.append(FieldError("content_type", "type_wrong", f"A {ask.kind} is one of {types}."))
    if errors:
        raise RequestInvalid(*errors)
