"""A lesson's quiz, as its author asks for it: multiple choice, one right or several."""

from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from pipeline.spec import Line, Share, Spec, without_nul

MOST_QUESTIONS = 50
FEWEST_CHOICES, MOST_CHOICES = 2, 8
LONGEST_TEXT = 500

QuizText = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_TEXT),
    AfterValidator(without_nul),
]


class ChoiceSpec(Spec):
    """``feedback`` is shown to whoever chose this, once they have answered."""

    text: Line
    right: bool = False
    feedback: QuizText | None = None


class QuestionSpec(Spec):
    """``scene`` (from 0) is the scene after which it is asked; None: at the end of the lesson.

    ``source`` is the sentence of the narration that holds the answer; ``feedback`` is shown once
    the question is done. ``draft``: written by an engine, and checked by nobody yet; readers are
    told so.
    """

    text: QuizText
    choices: tuple[ChoiceSpec, ...] = Field(
        max_length=MOST_CHOICES, json_schema_extra={"minItems": FEWEST_CHOICES}
    )
    scene: Annotated[int, Field(ge=0)] | None = None
    feedback: QuizText | None = None
    source: QuizText | None = None
    draft: bool = False

    @property
    def several(self) -> bool:
        """Whether more than one choice is right, so that all of them have to be chosen."""
        return sum(choice.right for choice in self.choices) > 1

    @model_validator(mode="after")
    def _can_be_answered(self) -> "QuestionSpec":
        # not by min_length, which counts what is wrong in itself as not there
        if len(self.choices) < FEWEST_CHOICES:
            raise PydanticCustomError("quiz_too_few_choices", "Give at least two choices.")
        if not any(choice.right for choice in self.choices):
            raise PydanticCustomError("quiz_no_right_choice", "Mark at least one choice as right.")
        if all(choice.right for choice in self.choices):
            raise PydanticCustomError("quiz_no_wrong_choice", "Leave at least one choice wrong.")
        seen: set[str] = set()
        for choice in self.choices:
            said = as_compared(choice.text)
            if said in seen:
                told = "Two choices say the same: “{choice}”."
                raise PydanticCustomError("quiz_equal_choices", told, {"choice": choice.text})
            seen.add(said)
        return self


class QuizSpec(Spec):
    """``mastery`` is the share of questions that must be right to pass; ``tries`` is how often the
    quiz may be taken, where it was not passed before."""

    questions: tuple[QuestionSpec, ...] = Field(
        max_length=MOST_QUESTIONS, json_schema_extra={"minItems": 1}
    )
    mastery: Share = 0.8
    tries: Annotated[int, Field(ge=1, le=10)] = 2

    @model_validator(mode="after")
    def _asks_each_once(self) -> "QuizSpec":
        if not self.questions:
            raise PydanticCustomError("quiz_without_questions", "Ask at least one question.")
        seen: set[tuple[str, ...]] = set()
        for question in self.questions:
            asked = as_compared(question.text), *(as_compared(c.text) for c in question.choices)
            if asked in seen:
                told = "Two questions are the same: “{text}”."
                raise PydanticCustomError("quiz_equal_questions", told, {"text": question.text})
            seen.add(asked)
        return self


def as_compared(text: str) -> str:
    """The text as readers tell it from others: neither case nor blanks nor a last point count."""
    return " ".join(text.casefold().split()).rstrip(".")
