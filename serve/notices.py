"""What a lesson asks for and does not get: nothing of a spec is passed over unsaid."""

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any
from uuid import UUID

from db.models import Step
from pipeline.lesson import LessonSpec
from pipeline.quiz import as_compared
from serve.schemas import FieldProblem


def notices(spec: LessonSpec, steps: Iterable[Step]) -> list[FieldProblem]:
    """Those of the spec itself; those of an engine, as soon as it is known who makes a step."""
    return [*_of_spec(spec), *_of_engines(spec, steps)]


def _of_spec(spec: LessonSpec) -> Iterator[FieldProblem]:
    if spec.preview is not None:
        left_out = ", ".join(name for name in spec.exports if name not in spec.files)
        yield _notice("preview", "preview_only", f"A preview is sound and text: {left_out} wait.")
    if spec.scenes:
        yield from _written_already(spec)
        yield from _slides(spec)
        yield from _quiz(spec)


def _written_already(spec: LessonSpec) -> Iterator[FieldProblem]:
    for field in ("audience", "minutes", "engines.script"):
        if _differs(spec, field):
            yield _notice(field, "not_used", "The scenes are written already.")


def _slides(spec: LessonSpec) -> Iterator[FieldProblem]:
    shown = spec.video.layout != "presenter"
    slides = [index for index, scene in enumerate(spec.scenes) if scene.slide_id is not None]
    if shown and not slides:
        yield _notice("video.layout", "no_slide", "No scene has a slide: the presenter is shown.")
    if not shown:
        for index in slides:
            yield _notice(
                f"scenes.{index}.slide_id",
                "slide_not_shown",
                "The layout “presenter” shows no slides; choose “presenter+slide” or “slide”.",
            )


def _quiz(spec: LessonSpec) -> Iterator[FieldProblem]:
    """Narrations change: a question may rest on a sentence that is said no more."""
    said = as_compared(" ".join(scene.narration for scene in spec.scenes))
    for index, question in enumerate(spec.quiz.questions if spec.quiz else ()):
        if question.source is not None and as_compared(question.source) not in said:
            told = "No scene says this sentence: check whether the question still fits."
            yield _notice(f"quiz.questions.{index}.source", "source_not_said", told)


def _of_engines(spec: LessonSpec, steps: Iterable[Step]) -> Iterator[FieldProblem]:
    for step in steps:
        engine: Mapping[str, Any] = step.engine or {}
        for field in engine.get("ignores", ()):
            if _differs(spec, field):
                told = f"The engine “{engine['name']}” takes no account of this."
                yield _notice(field, "not_used", told)


def _differs(spec: LessonSpec, field: str) -> bool:
    """Whether more is asked for than by leaving the field out."""
    return _value(spec, field) != _value(_usual(), field)


def _value(spec: object, field: str) -> object:
    for name in field.split("."):
        spec = getattr(spec, name)
    return spec


@cache
def _usual() -> LessonSpec:
    return LessonSpec(title="-", prompt="-", portrait_id=UUID(int=0))


def _notice(field: str, code: str, message: str) -> FieldProblem:
    return FieldProblem(field=field, code=code, message=message)
