"""Zips that are made while they are sent: memory does not grow with them."""

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from zipfile import ZIP_DEFLATED

from zipstream import ZipStream

from db.models import Export, Job, JobStatus
from pipeline.errors import ArtefactMissing
from pipeline.export.archive import PACKED
from pipeline.storage import Storage

LONGEST_NAME = 60
NOT_IN_NAMES = re.compile(r"[^\w.-]+")
AS_IS, SMALLER = 0, 6
"""Levels of deflate."""


@dataclass(frozen=True, slots=True)
class Piecewise:
    """A file that is read as it is sent."""

    bytes_: int
    pieces: Iterator[bytes]


@dataclass(frozen=True, slots=True)
class Entry:
    """A file of the archive, and where its bytes are."""

    path: str
    storage_key: str
    bytes_: int


def entries(jobs: Sequence[Job], wanted: Collection[str]) -> list[Entry]:
    """The exports of the lessons that succeeded; of these names, where some are given."""
    return [
        Entry(f"{_folder(job)}/{export.name}", export.storage_key, export.bytes)
        for job in jobs
        if job.status is JobStatus.SUCCEEDED
        for export in job.exports
        if _is_wanted(export, wanted)
    ]


def zipped(files: Iterable[tuple[str, bytes | Piecewise]]) -> Iterator[bytes]:
    """Files by their paths as a zip, in pieces; each is read when its turn comes.

    All is deflated, films without being made smaller: what is stored has to be preceded by its
    length and checksum, or Java's stream readers refuse it, and the checksum is known only once it
    was sent. Raises ArtefactMissing in the middle where a file is not as long as it was: nothing is
    cut short unsaid. Zip64 where it must be.
    """
    stream = ZipStream(compress_type=ZIP_DEFLATED)
    for path, content in files:
        level = AS_IS if PurePath(path).suffix in PACKED else SMALLER
        if isinstance(content, Piecewise):
            stream.add(_all_of(content, path), path, size=content.bytes_, compress_level=level)
        else:
            stream.add(content, path, compress_level=level)
        yield from stream.all_files()
    yield from stream.finalize()


def archive(storage: Storage, files: Sequence[Entry]) -> Iterator[bytes]:
    """The zip of what lies in storage."""
    return zipped((file.path, Piecewise(file.bytes_, _chunks(storage, file))) for file in files)


def _all_of(file: Piecewise, path: str) -> Iterator[bytes]:
    sent = 0
    for piece in file.pieces:
        sent += len(piece)
        yield piece
    if sent != file.bytes_:
        raise ArtefactMissing(path)


def _chunks(storage: Storage, file: Entry) -> Iterator[bytes]:
    """Opened only when the first is asked for."""
    yield from storage.open(file.storage_key)


def _is_wanted(export: Export, wanted: Collection[str]) -> bool:
    return not wanted or export.name in wanted


def _folder(job: Job) -> str:
    """Row and name: the row makes it unique, whatever is left of the name."""
    name = unicodedata.normalize("NFKC", job.external_id or job.title)
    name = NOT_IN_NAMES.sub("-", name)[:LONGEST_NAME].strip("-._")
    return f"{job.batch_row or 0:03}-{name}".rstrip("-")
