"""cmi5 ("Quartz", 1st edition): assignable units and their course structure in a zip."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID, uuid5

import langcodes

from pipeline.export.archive import write_archive
from pipeline.export.lesson import Lesson
from pipeline.export.player_files import LAUNCH, player_files
from pipeline.export.scorm import measure
from pipeline.export.templates import fill
from pipeline.lesson import ExportName

STRUCTURE = "cmi5.xml"
LONGEST_DESCRIPTION = 500
OURS = UUID("6f4c0a5e-93d1-4b8a-8f0e-2d1f6f1b7c35")
"""Our name space (RFC 9562, 5.5): the same lesson has the same identifiers in every export."""


@dataclass(frozen=True, slots=True)
class Unit:
    """An assignable unit (13.1.4). ``url`` is relative to the zip's root."""

    id: str
    title: str
    description: str
    language: str
    url: str
    mastery: str | None


def write_cmi5(lesson: Lesson, media: Mapping[ExportName, Path], out: Path) -> None:
    """The package, from the other exports of the lesson (those in ``player_files.MEDIA``).

    Raises PackageTooLarge.
    """
    files = player_files(lesson, media, "cmi5")
    told = unit(lesson, LAUNCH)
    structure = course_structure(lesson.lesson_id, told.title, told.description, [told])
    write_archive(out, {STRUCTURE: structure.encode(), **files})


def course_structure(course_id: str, title: str, description: str, units: Sequence[Unit]) -> str:
    """cmi5.xml (13.1): its units in order, without blocks, in the language of the first."""
    return fill(
        f"manifests/{STRUCTURE}",
        course_id=_iri("course", course_id),
        title=title,
        description=description,
        language=units[0].language,
        units=units,
    )


def unit(lesson: Lesson, url: str) -> Unit:
    """A lesson as the platform lists it, and when it lets the learner move on."""
    return Unit(
        id=_iri("lesson", lesson.lesson_id),
        title=lesson.title,
        description=_opening(lesson),
        language=langcodes.standardize_tag(lesson.language),
        url=url,
        mastery=None if lesson.mastery is None else measure(lesson.mastery),
    )


def _iri(kind: str, name: str) -> str:
    """Fully qualified and unique in the world (3.0), without an address of ours to promise."""
    return f"urn:uuid:{uuid5(OURS, f'{kind}/{name}')}"


def _opening(lesson: Lesson) -> str:
    """What the lesson begins with: a description is required, and its author writes none."""
    said = " ".join(s.text for s in lesson.passages[0].sentences) if lesson.passages else ""
    shown = said or lesson.title
    if len(shown) <= LONGEST_DESCRIPTION:
        return shown
    return shown[:LONGEST_DESCRIPTION].rsplit(" ", 1)[0] + " …"
