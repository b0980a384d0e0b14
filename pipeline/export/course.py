"""Courses: several lessons in one package, each of them tracked by itself.

A lesson is an item of its own (a SCO, an assignable unit), not a chapter of one page that stands
for all: the platform's own menu lists it, and keeps its status, its score and the learner's place
apart. A single page would have to keep the places of all lessons in 4,096 characters (SCORM 1.2).
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import langcodes

from pipeline.export.cmi5 import STRUCTURE, Unit, course_structure, unit
from pipeline.export.lesson import Lesson
from pipeline.export.package import transcript_of
from pipeline.export.player_files import LAUNCH, MEDIA
from pipeline.export.player_page import PlayerLinks, assets, player_page, strings
from pipeline.export.scorm import MANIFEST, measure, schemas
from pipeline.export.templates import fill, package_file
from pipeline.lesson import ExportName
from pipeline.media.caption_files import webvtt

Standard = Literal["scorm12", "scorm2004", "cmi5"]
PLAYER = "player/"
FILMED: tuple[ExportName, ...] = ("lesson.mp4", "poster.jpg")
"""The exports that a course takes as they are; all else is made from what is said."""


@dataclass(frozen=True, slots=True)
class CourseLesson:
    """``load`` reads the lesson, each time anew: one at a time is held. ``size`` is its film's."""

    load: Callable[[], Lesson]
    size: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Taken:
    """A finished export of the lesson at that place (from 0), to be copied as it is."""

    lesson: int
    name: ExportName


@dataclass(frozen=True, slots=True)
class Entry:
    """A lesson as menu and manifest tell of it; ``files`` are paths in the zip, the page first."""

    identifier: str
    title: str
    language: str
    seconds: float
    complete_share: str
    mastery: str | None
    files: tuple[str, ...]
    scripts: tuple[str, ...]
    unit: Unit

    @property
    def page(self) -> str:
        return self.files[0]


@dataclass(frozen=True, slots=True)
class Course:
    """``id`` stays the same when the course is made again; ``entries`` are those of ``lessons``."""

    id: str
    title: str
    standard: Standard
    lessons: Sequence[CourseLesson]
    entries: Sequence[Entry]

    @property
    def shared(self) -> list[str]:
        """Paths of what belongs to no lesson: the menu, and what every player is made with."""
        scripts = dict.fromkeys(name for entry in self.entries for name in entry.scripts)
        return [LAUNCH, *(f"{PLAYER}{name}" for name in scripts)]


def plan(course_id: str, title: str, standard: Standard, lessons: Sequence[CourseLesson]) -> Course:
    """Looks at every lesson once: what lacks something is found before anything is packed."""
    entries = [
        _entry(course_id, place, lesson.load(), standard) for place, lesson in enumerate(lessons)
    ]
    return Course(course_id, title, standard, lessons, entries)


def course_files(course: Course) -> Iterator[tuple[str, bytes | Taken]]:
    """Every file by its path, in the order of the zip: first what platforms look for."""
    yield from _index(course).items()
    yield LAUNCH, menu(course).encode()
    for path in course.shared[1:]:
        yield path, package_file(path).read_bytes()
    for place in range(len(course.lessons)):
        yield from _lesson_files(course, place)


def menu(course: Course) -> str:
    """A page that links to the lessons, for where there is no platform with a menu of its own."""
    language = course.entries[0].language
    text_language, text = strings(language)
    return fill(
        "player/menu.html",
        title=course.title,
        language=language,
        page_language=text_language,
        text=text,
        entries=course.entries,
    )


def _index(course: Course) -> dict[str, bytes]:
    """What the platform reads first, and the schema files it is read by."""
    if course.standard == "cmi5":
        units = [entry.unit for entry in course.entries]
        titles = " · ".join(entry.title for entry in course.entries)
        structure = course_structure(course.id, course.title, titles, units)
        return {STRUCTURE: structure.encode()}
    manifest = fill(
        f"manifests/course_{course.standard}.xml",
        identifier=_identifier(course.id),
        title=course.title,
        lessons=course.entries,
        shared=course.shared,
    )
    return {MANIFEST: manifest.encode(), **schemas(course.standard)}


def _entry(course_id: str, place: int, lesson: Lesson, standard: Standard) -> Entry:
    folder = _folder(place)
    return Entry(
        identifier=f"{_identifier(course_id)}-{_identifier(lesson.lesson_id)}",
        title=lesson.title,
        language=langcodes.standardize_tag(lesson.language),
        seconds=lesson.seconds,
        complete_share=measure(lesson.complete_share),
        mastery=None if lesson.mastery is None else measure(lesson.mastery),
        files=tuple(f"{folder}{name}" for name in (LAUNCH, *MEDIA)),
        scripts=assets(standard, quiz=lesson.quiz is not None),
        unit=unit(lesson, f"{folder}{LAUNCH}"),
    )


def _lesson_files(course: Course, place: int) -> Iterator[tuple[str, bytes | Taken]]:
    lesson, folder = course.lessons[place].load(), _folder(place)
    links = PlayerLinks(assets=f"../{PLAYER}")
    page = player_page(lesson, course.lessons[place].size, links, course.standard)
    yield f"{folder}{LAUNCH}", page.encode()
    yield f"{folder}captions.vtt", webvtt(lesson.cues).encode()
    yield f"{folder}transcript.txt", transcript_of(lesson).encode()
    for name in FILMED:
        yield f"{folder}{name}", Taken(place, name)


def _folder(place: int) -> str:
    return f"lesson{place + 1:03}/"


def _identifier(text: str) -> str:
    return f"LECTERN-{re.sub(r'[^A-Za-z0-9_.-]', '-', text)}"
