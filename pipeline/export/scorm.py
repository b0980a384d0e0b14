"""SCORM 1.2 and SCORM 2004 4th Edition: one SCO in a zip.

Content Aggregation Model 1.2 (ADL 2001), and of SCORM 2004 4th Edition 1.1 (ADL 2009).
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Literal

from pipeline.errors import SchemasMissing
from pipeline.export.archive import write_archive
from pipeline.export.lesson import Lesson
from pipeline.export.player_files import LAUNCH, player_files
from pipeline.export.templates import fill, package_file
from pipeline.lesson import ExportName

MANIFEST = "imsmanifest.xml"
Edition = Literal["scorm12", "scorm2004"]
EDITIONS: Mapping[ExportName, Edition] = {"scorm12.zip": "scorm12", "scorm2004.zip": "scorm2004"}


@dataclass(frozen=True, slots=True)
class Facts:
    """What a manifest says of a lesson.

    ``complete_share``: of its seconds, 0 to 1. ``mastery``: of the quiz's points, 0 to 1; None
    where nothing is scored.
    """

    lesson_id: str
    title: str
    complete_share: float
    mastery: float | None


def write_scorm(
    lesson: Lesson, media: Mapping[ExportName, Path], out: Path, edition: Edition
) -> None:
    """The package, from the other exports of the lesson (those in ``player_files.MEDIA``).

    Raises PackageTooLarge and SchemasMissing.
    """
    files = player_files(lesson, media, edition)
    facts = Facts(lesson.lesson_id, lesson.title, lesson.complete_share, lesson.mastery)
    listed = manifest(facts, list(files), edition).encode()
    write_archive(out, {MANIFEST: listed, **schemas(edition), **files})


def manifest(facts: Facts, files: Sequence[str], edition: Edition) -> str:
    """One organisation, one item, one SCO, and every file.

    Its identifiers come from the lesson's alone: a platform knows a package again that was made
    anew.
    """
    return fill(
        f"manifests/{edition}.xml",
        identifier=f"LECTERN-{re.sub(r'[^A-Za-z0-9_.-]', '-', facts.lesson_id)}",
        title=facts.title,
        launch=LAUNCH,
        files=files,
        complete_share=measure(facts.complete_share),
        mastery=None if facts.mastery is None else measure(facts.mastery),
    )


def measure(share: float) -> str:
    """xs:decimal knows no exponents; four places are what both schemas take."""
    return f"{share:.4f}".rstrip("0").rstrip(".")


def schemas(edition: Edition) -> dict[str, bytes]:
    """The published schema files that a manifest is read by; they lie at the zip's root.

    Raises SchemasMissing.
    """
    try:
        return {name: _schema(edition, name).read_bytes() for name in _schema_names(edition)}
    except FileNotFoundError as error:
        raise SchemasMissing from error


def require_schemas(exports: Iterable[ExportName]) -> None:
    """Raises SchemasMissing where one of the exports is a package that cannot be made here."""
    for edition in (EDITIONS[name] for name in exports if name in EDITIONS):
        if not all(_schema(edition, name).is_file() for name in _schema_names(edition)):
            raise SchemasMissing


def _schema_names(edition: Edition) -> list[str]:
    """As they are called at the zip's root; the file of their checksums lists them all."""
    listed = package_file("schemas/SHA256SUMS").read_text("ascii").splitlines()
    folder, paths = f"{edition}/", (line.split()[1] for line in listed)
    return [path.removeprefix(folder) for path in paths if path.startswith(folder)]


def _schema(edition: Edition, name: str) -> Traversable:
    return package_file(f"schemas/{edition}/{name}")
