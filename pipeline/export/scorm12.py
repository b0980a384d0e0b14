"""SCORM 1.2: one SCO in a zip (Content Aggregation Model 1.2, ADL 2001)."""

import re
import shutil
import zipfile
from collections.abc import Mapping
from pathlib import Path, PurePath

from pipeline.errors import PackageTooLarge
from pipeline.export.lesson import Lesson
from pipeline.export.player_page import ASSETS, PlayerLinks, player_page
from pipeline.export.templates import fill, package_file
from pipeline.lesson import ExportName
from pipeline.media.probe import probe

LAUNCH = "index.html"
MEDIA: tuple[ExportName, ...] = ("lesson.mp4", "captions.vtt", "poster.jpg", "transcript.txt")
LONG_AGO = (1980, 1, 1, 0, 0, 0)
"""One time stamp for all, so that the same lesson gives the same bytes."""

PACKED = {".mp4", ".jpg"}
"""Compressed already: stored as they are, which PKZIP 2.04g reads as well."""


def write_scorm12(lesson: Lesson, media: Mapping[ExportName, Path], out: Path) -> None:
    """The package, from the other exports of the lesson (those in ``MEDIA``).

    Raises PackageTooLarge above 2 GiB: many platforms read no zip64.
    """
    width, height = _size(media["lesson.mp4"])
    page = player_page(lesson, (width, height), PlayerLinks(), "scorm12")
    texts = {"imsmanifest.xml": manifest(lesson.lesson_id, lesson.title), LAUNCH: page}
    try:
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, allowZip64=False) as package:
            for name, text in texts.items():
                package.writestr(_entry(name), text.encode())
            for name in ASSETS:
                package.writestr(_entry(name), package_file(f"player/{name}").read_bytes())
            for name in MEDIA:
                _add_file(package, name, media[name])
    except zipfile.LargeZipFile as error:
        raise PackageTooLarge(out.name) from error


def manifest(lesson_id: str, title: str) -> str:
    """imsmanifest.xml: one organisation, one item, one SCO, and every file."""
    return fill(
        "imsmanifest.xml",
        identifier=f"LECTERN-{re.sub(r'[^A-Za-z0-9_.-]', '-', lesson_id)}",
        title=title,
        launch=LAUNCH,
        files=[LAUNCH, *ASSETS, *MEDIA],
    )


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


def _size(video: Path) -> tuple[int, int]:
    found = probe(video)
    return found.width or 0, found.height or 0
