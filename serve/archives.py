"""The results of a batch as one zip, made while it is sent: memory does not grow with it."""

import re
import unicodedata
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from zipstream import ZipStream

from db.models import Export, Job, JobStatus
from pipeline.storage import Storage

LONGEST_NAME = 60
NOT_IN_NAMES = re.compile(r"[^\w.-]+")


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


def archive(storage: Storage, files: Sequence[Entry]) -> ZipStream:
    """The zip as an iterable of chunks, which knows its length (``len``). Zip64 where it must be.

    Nothing is compressed: what films and packages hold is. Each object is opened when its turn
    comes. One that is gone or has changed breaks the stream off: nothing is cut short unsaid.
    """
    stream = ZipStream(sized=True)
    for file in files:
        stream.add(_chunks(storage, file), file.path, size=file.bytes_)
    return stream


def _chunks(storage: Storage, file: Entry) -> Iterator[bytes]:
    yield from storage.open(file.storage_key)


def _is_wanted(export: Export, wanted: Collection[str]) -> bool:
    return not wanted or export.name in wanted


def _folder(job: Job) -> str:
    """Row and name: the row makes it unique, whatever is left of the name."""
    name = unicodedata.normalize("NFKC", job.external_id or job.title)
    name = NOT_IN_NAMES.sub("-", name)[:LONGEST_NAME].strip("-._")
    return f"{job.batch_row or 0:03}-{name}".rstrip("-")
