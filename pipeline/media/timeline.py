"""Where the scenes of a lesson stand in time."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

from pipeline.lesson import FPS, FinishedScene


@dataclass(frozen=True, slots=True)
class Chapter:
    """A titled stretch of the lesson."""

    title: str
    start_seconds: float
    end_seconds: float


def frames(scene: FinishedScene) -> int:
    """Pictures in a scene."""
    return round(scene.seconds * FPS)


def starts(scenes: Sequence[FinishedScene]) -> list[float]:
    """When each scene starts, in seconds, and when the last one ends."""
    return [count / FPS for count in accumulate(map(frames, scenes), initial=0)]


def chapters(scenes: Sequence[FinishedScene], lesson_title: str) -> list[Chapter]:
    """A chapter a titled scene; an untitled one belongs to the chapter before it.

    A first scene without a title opens a chapter that has the lesson's.
    """
    found: list[Chapter] = []
    at = starts(scenes)
    for scene, start, end in zip(scenes, at, at[1:], strict=False):
        title = scene.scene.title or (None if found else lesson_title)
        if title:
            found.append(Chapter(title, start, end))
        else:
            found[-1] = replace(found[-1], end_seconds=end)
    return found
