"""Files and parts of them, as players ask for them (RFC 9110, 13 and 14)."""

import re
from dataclasses import dataclass

from fastapi import Request, Response
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


def send(storage: Storage, file: Export, request: Request) -> Response:
    """The file or the part of it that is asked for, as it comes from the storage; nothing of it to
    who has it, or asks only what it is like."""
    tag = f'"{file.sha256}"'
    headers = {"Accept-Ranges": "bytes", "ETag": tag}
    if _is_known(request, tag):
        return Response(None, 304, headers)
    if request.method == "HEAD":
        headers["Content-Length"] = str(file.bytes)
        return Response(None, 200, headers, file.content_type)
    part = part_of(_asked(request, tag), file.bytes)
    if part is None:
        headers["Content-Length"] = str(file.bytes)
        return StreamingResponse(
            storage.open(file.storage_key), 200, headers, media_type=file.content_type
        )
    headers["Content-Length"] = str(part.end - part.start)
    headers["Content-Range"] = f"bytes {part.start}-{part.end - 1}/{file.bytes}"
    chunks = storage.open(file.storage_key, part.start, part.end)
    return StreamingResponse(chunks, 206, headers, media_type=file.content_type)


def _is_known(request: Request, tag: str) -> bool:
    known = request.headers.get("if-none-match", "").split(",")
    return any(each.strip().removeprefix("W/") in (tag, "*") for each in known)


def _asked(request: Request, tag: str) -> str | None:
    """The range; none for who has begun with a file that was another."""
    if request.headers.get("if-range", tag) != tag:
        return None
    return request.headers.get("range")
