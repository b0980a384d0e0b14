"""Parts of files, as players ask for them (RFC 9110, 14)."""

import re
from dataclasses import dataclass

from fastapi.responses import StreamingResponse

from db.models import Export
from pipeline.storage import Storage
from serve.errors import RangeRefused

ONE_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")


@dataclass(frozen=True, slots=True)
class Part:
    """The bytes from ``start`` up to, not including, ``end``."""

    start: int
    end: int


def part_of(asked: str | None, bytes_: int) -> Part | None:
    """None for the whole file: also for what is no single range, as the standard allows.

    Raises RangeRefused where nothing of it is in the file.
    """
    found = ONE_RANGE.fullmatch((asked or "").strip())
    if found is None or found.groups() == ("", ""):
        return None
    first, last = found.groups()
    if not first:  # so many bytes at the end
        start, end = max(0, bytes_ - int(last)), bytes_
    else:
        start, end = int(first), min(int(last) + 1, bytes_) if last else bytes_
        if last and int(last) < start:
            return None
    if start >= end:
        raise RangeRefused(bytes_)
    return Part(start, end)


def send(storage: Storage, file: Export, asked: str | None) -> StreamingResponse:
    """The file or the part of it that is asked for, as it comes from the storage."""
    part = part_of(asked, file.bytes)
    headers = {"Accept-Ranges": "bytes", "ETag": f'"{file.sha256}"'}
    if part is None:
        headers["Content-Length"] = str(file.bytes)
        return StreamingResponse(
            storage.open(file.storage_key), 200, headers, media_type=file.content_type
        )
    headers["Content-Length"] = str(part.end - part.start)
    headers["Content-Range"] = f"bytes {part.start}-{part.end - 1}/{file.bytes}"
    chunks = storage.open(file.storage_key, part.start, part.end)
    return StreamingResponse(chunks, 206, headers, media_type=file.content_type)
