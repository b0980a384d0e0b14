"""Model files in one archive, for a machine without internet.

The archive is a plain tar: weights hardly compress. The same files give the same bytes. With files
of the hub go the records of what they must be; who accepted which licence stays where it was done.
"""

import io
import tarfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO

from deployments.model_files import (
    OnProgress,
    Progress,
    alone,
    ensure_room,
    is_right,
    put_in_place,
)
from deployments.model_manifest import HubFile, Identity, Manifest, ModelFile, load_manifest
from deployments.model_records import (
    NAME,
    Record,
    as_text,
    identity_of,
    parse_records,
    read_records,
    write_record,
)
from pipeline.errors import ModelArchiveUnreadable, ModelFileMissing, ModelFileWrong

LONGEST_RECORDS = 1 << 20
Packed = tuple[ModelFile, Identity]


def bundle(
    engines: Sequence[str],
    models: Path,
    out: Path,
    on_progress: OnProgress,
    manifest: Manifest | None = None,
    variant: str | None = None,
) -> tuple[ModelFile, ...]:
    """Packs the files of the engines. Raises ModelFileMissing, ModelFileWrong."""
    needed = (manifest or load_manifest()).needed_by(engines, variant)
    with alone(models):
        records = read_records(models)
        packed = [(file, _checked(file, models, records)) for file in needed]
        rough = out.with_name(f".{out.name}.part")
        try:
            _pack(packed, models, records, rough, on_progress)
            rough.replace(out)
        finally:
            rough.unlink(missing_ok=True)
    return needed


def unbundle(
    archive: Path,
    models: Path,
    on_progress: OnProgress,
    manifest: Manifest | None = None,
) -> tuple[ModelFile, ...]:
    """Unpacks what is not there yet; returns that.

    Takes only regular files whose names stand in the manifest, so no name can lead out of the
    models folder. Raises ModelArchiveUnreadable, ModelFileWrong, ModelDiskFull.
    """
    known = {file.path: file for file in (manifest or load_manifest()).every_file}
    taken = []
    try:
        with alone(models) as workshop, tarfile.open(archive, "r:") as tar:
            brought: dict[str, Record] = {}
            for member in tar:
                if member.name == NAME and not brought:
                    brought = _read_records(tar, member)
                    continue
                file = known.get(member.name)
                stream = tar.extractfile(member) if member.isreg() else None
                if file is None or stream is None:
                    raise ModelArchiveUnreadable(f"it holds “{member.name}”")
                if not is_right(file, models):
                    ensure_room(models, member.size)
                    _place(stream, file, brought, models, workshop)
                    taken.append(file)
                on_progress(Progress(file.path, member.size, member.size))
    except (tarfile.TarError, OSError) as error:
        raise ModelArchiveUnreadable(str(error)) from error
    return tuple(taken)


def _checked(file: ModelFile, models: Path, records: Mapping[str, Record]) -> Identity:
    identity = identity_of(file, records)
    if identity is None or not file.place(models).is_file():
        raise ModelFileMissing(file.path)
    if not is_right(file, models):
        raise ModelFileWrong(file.path)
    return identity


def _place(
    stream: IO[bytes],
    file: ModelFile,
    brought: Mapping[str, Record],
    models: Path,
    workshop: Path,
) -> None:
    """What was recorded here goes before what the archive says."""
    own = identity_of(file, read_records(models))
    identity = own or identity_of(file, brought)
    if identity is None:
        raise ModelArchiveUnreadable(f"it does not say what “{file.path}” must be")
    put_in_place(stream, file, identity, models, workshop)
    if own is None:
        write_record(models, file.path, brought[file.path])


def _read_records(tar: tarfile.TarFile, member: tarfile.TarInfo) -> dict[str, Record]:
    stream = tar.extractfile(member) if member.isreg() else None
    if stream is None or member.size > LONGEST_RECORDS:
        raise ModelArchiveUnreadable(f"its “{NAME}” is no list of files")
    try:
        return parse_records(stream.read())
    except ValueError as error:
        raise ModelArchiveUnreadable(f"its “{NAME}” is no list of files") from error


def _pack(
    packed: Sequence[Packed],
    models: Path,
    records: Mapping[str, Record],
    out: Path,
    on_progress: OnProgress,
) -> None:
    carried = {file.path: records[file.path] for file, _ in packed if isinstance(file, HubFile)}
    with tarfile.open(out, "w", format=tarfile.USTAR_FORMAT) as tar:
        if carried:
            text = as_text(carried)
            tar.addfile(_member(NAME, len(text)), io.BytesIO(text))
        for file, identity in sorted(packed, key=lambda pair: pair[0].path):
            with file.place(models).open("rb") as stream:
                tar.addfile(_member(file.path, identity.bytes_), stream)
            on_progress(Progress(file.path, identity.bytes_, identity.bytes_))


def _member(name: str, bytes_: int) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.size = bytes_
    return member
