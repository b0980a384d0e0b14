"""Model files in one archive, for a machine without internet.

The archive is a plain tar: weights hardly compress. The same files give the same bytes.
"""

import tarfile
from collections.abc import Sequence
from pathlib import Path

from deployments.model_files import (
    Manifest,
    ModelFile,
    OnProgress,
    Progress,
    alone,
    is_right,
    load_manifest,
    put_in_place,
)
from pipeline.errors import ModelArchiveUnreadable, ModelFileMissing, ModelFileWrong


def bundle(
    engines: Sequence[str],
    models: Path,
    out: Path,
    on_progress: OnProgress,
    manifest: Manifest | None = None,
) -> tuple[ModelFile, ...]:
    """Packs the files of the engines. Raises ModelFileMissing, ModelFileWrong."""
    needed = (manifest or load_manifest()).needed_by(engines)
    with alone(models):
        for file in needed:
            if not file.place(models).is_file():
                raise ModelFileMissing(file.path)
            if not is_right(file, models):
                raise ModelFileWrong(file.path)
        rough = out.with_name(f".{out.name}.part")
        try:
            _pack(needed, models, rough, on_progress)
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
    models folder. Raises ModelArchiveUnreadable, ModelFileWrong.
    """
    known = {file.path: file for file in (manifest or load_manifest()).files}
    taken = []
    try:
        with alone(models) as workshop, tarfile.open(archive, "r:") as tar:
            for member in tar:
                file = known.get(member.name)
                stream = tar.extractfile(member) if member.isreg() else None
                if file is None or stream is None:
                    raise ModelArchiveUnreadable(f"it holds “{member.name}”")
                if not is_right(file, models):
                    put_in_place(stream, file, models, workshop)
                    taken.append(file)
                on_progress(Progress(file.path, file.bytes_, file.bytes_))
    except (tarfile.TarError, OSError) as error:
        raise ModelArchiveUnreadable(str(error)) from error
    return tuple(taken)


def _pack(needed: Sequence[ModelFile], models: Path, out: Path, on_progress: OnProgress) -> None:
    with tarfile.open(out, "w", format=tarfile.USTAR_FORMAT) as tar:
        for file in sorted(needed, key=lambda file: file.path):
            member = tarfile.TarInfo(file.path)
            member.size = file.bytes_
            with file.place(models).open("rb") as stream:
                tar.addfile(member, stream)
            on_progress(Progress(file.path, file.bytes_, file.bytes_))
