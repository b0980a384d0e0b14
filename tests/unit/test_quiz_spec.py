"""A quiz as its author asks for it: what can be answered, and what cannot."""

from typing import Any
from uuid import UUID

import pytest
from pydantic import ValidationError

from pipeline.lesson import LessonSpec
from pipeline.quiz import QuizSpec
from serve.lessons import wrong_words
from serve.notices import notices

RIGHT, WRONG = {"text": "Rain", "right": True}, {"text": "Snow"}


def a_quiz(*choices: dict[str, Any], **given: Any) -> dict[str, Any]:
    """A quiz of one question."""
    question = {"text": "What falls?", "choices": list(choices) or [RIGHT, WRONG]} | given
    return {"questions": [question]}


def a_lesson(quiz: dict[str, Any], **given: Any) -> LessonSpec:
    scenes = {"scenes": [{"narration": "Warm air rises. Rain falls."}]}
    words = given if "prompt" in given else scenes
    return LessonSpec(title="Rain", portrait_id=UUID(int=1), quiz=quiz, **words)


def test_a_question_with_several_right_choices_asks_for_all_of_them() -> None:
    one, several = (
        QuizSpec.model_validate(a_quiz(RIGHT, {"text": "Hail", "right": hail}, WRONG)).questions[0]
        for hail in (False, True)
    )
    assert (one.several, several.several) == (False, True)


@pytest.mark.parametrize(
    ("quiz", "place", "code"),
    [
        (a_quiz(WRONG, {"text": "Hail"}), ("questions", 0), "quiz_no_right_choice"),
        (a_quiz(RIGHT, {"text": "Hail", "right": True}), ("questions", 0), "quiz_no_wrong_choice"),
        (a_quiz(RIGHT, {"text": " rain. "}), ("questions", 0), "quiz_equal_choices"),
        (a_quiz(RIGHT), ("questions", 0), "quiz_too_few_choices"),
        (a_quiz(RIGHT, *({"text": str(n)} for n in range(8))), ("questions", 0, "choices"),
         "too_long"),
        (a_quiz(RIGHT, {"text": "x" * 201}), ("questions", 0, "choices", 1, "text"),
         "string_too_long"),
        (a_quiz(text="x" * 501), ("questions", 0, "text"), "string_too_long"),
        (a_quiz(scene=-1), ("questions", 0, "scene"), "greater_than_equal"),
        ({"questions": []}, (), "quiz_without_questions"),
        ({"questions": a_quiz()["questions"] * 2}, (), "quiz_equal_questions"),
        (a_quiz() | {"mastery": 1.1}, ("mastery",), "less_than_equal"),
        (a_quiz() | {"tries": 0}, ("tries",), "greater_than_equal"),
    ],
)  # fmt: skip
def test_what_cannot_be_answered_is_refused_where_it_stands(
    quiz: dict[str, Any], place: tuple[str | int, ...], code: str
) -> None:
    with pytest.raises(ValidationError) as refused:
        QuizSpec.model_validate(quiz)
    assert [(error["loc"], error["type"]) for error in refused.value.errors()] == [(place, code)]


def test_a_scene_that_is_not_there_is_named() -> None:
    assert list(wrong_words(a_lesson(a_quiz(scene=0)))) == []
    (error,) = wrong_words(a_lesson(a_quiz(scene=1)))
    assert (error.field, error.code) == ("quiz.questions.0.scene", "quiz_scene_missing")


def test_scenes_that_are_not_written_yet_cannot_be_asked_about_one_by_one() -> None:
    assert list(wrong_words(a_lesson(a_quiz(), prompt="Rain"))) == []
    (error,) = wrong_words(a_lesson(a_quiz(scene=0), prompt="Rain"))
    assert (error.field, error.code) == ("quiz.questions.0.scene", "quiz_scene_unknown")


def test_a_question_about_a_sentence_that_is_said_no_more_is_pointed_out() -> None:
    assert notices(a_lesson(a_quiz(source="Rain falls.")), ()) == []
    (notice,) = notices(a_lesson(a_quiz(source="Snow falls.")), ())
    assert (notice.field, notice.code) == ("quiz.questions.0.source", "source_not_said")
