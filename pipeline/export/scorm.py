"""SCORM 1.2 and SCORM 2004 4th Edition: one SCO in a zip.

Content Aggregation Model 1.2 (ADL 2001), and of SCORM 2004 4th Edition 1.1 (ADL 2009).
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
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
    listed = package_file("schemas/SHA256SUMS").read_text("ascii").splitlines()
    paths = [line.split()[1] for line in listed]
    try:
        return {
            path.removeprefix(f"{edition}/"): package_file(f"schemas/{path}").read_bytes()
            for path in paths
            if path.startswith(f"{edition}/")
        }
    except FileNotFoundError as error:
        raise SchemasMissing from error
