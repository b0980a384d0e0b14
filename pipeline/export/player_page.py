"""The page a lesson is watched on: in a SCORM package, and wherever else it is embedded."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal

import langcodes

from pipeline.engines import EngineCard
from pipeline.export.lesson import Lesson
from pipeline.export.quiz_page import QuizPage
from pipeline.export.templates import fill, package_file
from pipeline.media.timeline import starts

SPEEDS = (0.5, 0.75, 1, 1.25, 1.5, 1.75, 2)
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self'; "
    "base-uri 'none'; form-action 'none'"
)
"""All that the page asks for, when its links stay on its own host."""

Tracking = Literal["none", "scorm12", "scorm2004", "cmi5"]
TRACKERS: Mapping[Tracking, tuple[str, ...]] = {
    "none": (),
    "scorm12": ("scorm.js", "scorm12.js"),
    "scorm2004": ("scorm.js", "scorm2004.js"),
    "cmi5": ("record_store.js", "cmi5.js"),
}
"""The scripts of each tracker; docs/packages.md says what a tracker is."""


def scripts(tracking: Tracking, *, quiz: bool) -> tuple[str, ...]:
    """In the order they are loaded; ``quiz``: whether the lesson has one."""
    asked = ("question.js", "quiz.js") if quiz else ()
    page = ("tabs.js", "progress.js", "player.js")
    return ("watched.js", "untracked.js", *TRACKERS[tracking], *asked, *page)


def assets(tracking: Tracking, *, quiz: bool) -> tuple[str, ...]:
    """What the page needs beside it, at ``PlayerLinks.assets``."""
    return (*scripts(tracking, quiz=quiz), "player.css")


@dataclass(frozen=True, slots=True)
class PlayerLinks:
    """Where the page finds what it shows, relative to itself or in full.

    ``assets`` is a folder, with its slash. ``oembed``: where other pages learn how to show this
    one (oembed.com, 4); None where nobody can.
    """

    video: str = "lesson.mp4"
    captions: str = "captions.vtt"
    poster: str = "poster.jpg"
    transcript: str = "transcript.txt"
    assets: str = ""
    oembed: str | None = None


@dataclass(frozen=True, slots=True)
class Maker:
    """Who made a step, as the reader is told."""

    step: str
    label: str
    draft: bool


def player_page(
    lesson: Lesson, size: tuple[int, int], links: PlayerLinks, tracking: Tracking
) -> str:
    """The page as HTML. ``size`` is that of the video, in pixels."""
    text_language, text = strings(lesson.language)
    return fill(
        "player/index.html",
        title=lesson.title,
        language=langcodes.standardize_tag(lesson.language),
        page_language=text_language,
        text=text,
        passages=lesson.passages,
        chapters=lesson.chapters,
        makers=makers(lesson.engines),
        seconds=lesson.seconds,
        width=size[0],
        height=size[1],
        speeds=SPEEDS,
        links=links,
        tracking=tracking,
        scripts=scripts(tracking, quiz=lesson.quiz is not None),
        quiz=None if lesson.quiz is None else QuizPage(lesson.quiz),
        facts=_facts(lesson),
    )


def _facts(lesson: Lesson) -> dict[str, object]:
    """What the page's scripts are told; times in seconds from the start."""
    return {
        "id": lesson.lesson_id,
        "title": lesson.title,
        "language": lesson.language,
        "seconds": round(lesson.seconds, 2),
        "sceneEnds": [round(end, 2) for end in starts(lesson.scenes)[1:]],
        "completeShare": lesson.complete_share,
    }


def makers(engines: Mapping[str, EngineCard]) -> list[Maker]:
    """The steps a reader is told about, in order, with their engines' own words."""
    shown = ("script", "speech", "video")
    return [Maker(s, engines[s].label, engines[s].draft) for s in shown if s in engines]


def strings(language: str) -> tuple[str, Mapping[str, str]]:
    """The language of the page and its texts; English where there are none in the lesson's."""
    catalogue = _catalogue()
    base = langcodes.get(language).prefer_macrolanguage().language or "en"
    found = base if base in catalogue else "en"
    return found, catalogue[found]


@cache
def _catalogue() -> dict[str, dict[str, str]]:
    catalogue: dict[str, dict[str, str]] = json.loads(
        package_file("player/strings.json").read_text("utf-8")
    )
    return catalogue
