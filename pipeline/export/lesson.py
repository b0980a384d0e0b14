"""A finished lesson, as its exports see it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from pipeline.engines import EngineCard
from pipeline.export.quiz_page import mastery
from pipeline.export.transcript import Passage, passages
from pipeline.lesson import COMPLETE_SHARE, Cue, FinishedScene
from pipeline.media.captions import lesson_cues
from pipeline.media.timeline import Chapter, chapters, starts
from pipeline.quiz import QuizSpec


@dataclass(frozen=True)
class Lesson:
    """``lesson_id`` stays the same when the lesson is made again; ``engines`` is keyed by step.

    ``complete_share``: of its seconds, that must be watched to complete it, 0 to 1.
    ``sign`` puts content credentials into the finished MP4; None leaves it without.
    """

    scenes: Sequence[FinishedScene]
    lesson_id: str
    title: str
    language: str
    engines: Mapping[str, EngineCard]
    complete_share: float = COMPLETE_SHARE
    sign: Callable[[Path], None] | None = None
    quiz: QuizSpec | None = None

    @cached_property
    def cues(self) -> list[Cue]:
        return lesson_cues(self.scenes)

    @cached_property
    def chapters(self) -> list[Chapter]:
        return chapters(self.scenes, self.title)

    @cached_property
    def passages(self) -> tuple[Passage, ...]:
        return passages(self.scenes)

    @property
    def mastery(self) -> float | None:
        """The share of the quiz's points to be reached, 0 to 1; None where nothing is scored."""
        return None if self.quiz is None else mastery(self.quiz)

    @property
    def seconds(self) -> float:
        return starts(self.scenes)[-1]
