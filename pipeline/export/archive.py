"""A package as learning platforms read it: one zip with ASCII names, deflated, without zip64."""

import shutil
import zipfile
from collections.abc import Mapping
from pathlib import Path, PurePath

from pipeline.errors import PackageTooLarge

LONG_AGO = (1980, 1, 1, 0, 0, 0)
"""One time stamp for all, so that the same lesson gives the same bytes."""

PACKED = {".mp4", ".webm", ".jpg", ".zip"}
"""Compressed already: a package stores them as they are, which PKZIP 2.04g reads as well."""


def write_archive(out: Path, contents: Mapping[str, bytes | Path]) -> None:
    """Files by their names in the zip, in that order; what lies on disk is copied in pieces.

    Raises PackageTooLarge above 2 GiB: many platforms read no zip64.
    """
    try:
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, allowZip64=False) as package:
            for name, content in contents.items():
                if isinstance(content, Path):
                    _add_file(package, name, content)
                else:
                    package.writestr(_entry(name), content)
    except zipfile.LargeZipFile as error:
        raise PackageTooLarge(out.name) from error


def _entry(name: str, size: int = 0) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, LONG_AGO)
    packed = PurePath(name).suffix in PACKED
    entry.compress_type = zipfile.ZIP_STORED if packed else zipfile.ZIP_DEFLATED
    entry.external_attr = 0o644 << 16
    entry.file_size = size
    return entry


def _add_file(package: zipfile.ZipFile, name: str, path: Path) -> None:
    entry = _entry(name, path.stat().st_size)
    with path.open("rb") as source, package.open(entry, "w") as target:
        shutil.copyfileobj(source, target, 1 << 20)
