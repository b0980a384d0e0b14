"""The quiz of a lesson as its player page holds it."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from string import ascii_lowercase

from pipeline.quiz import ChoiceSpec, QuestionSpec, QuizSpec, as_compared

ID_CHARACTERS = 10


@dataclass(frozen=True)
class QuizPage:
    """Ids follow from the words alone: a platform knows a question again in a package made anew."""

    spec: QuizSpec

    @cached_property
    def questions(self) -> tuple["AskedQuestion", ...]:
        return tuple(map(AskedQuestion, self.spec.questions))

    @property
    def mastery_percent(self) -> int:
        return round(100 * self.spec.mastery)

    def how(self, text: Mapping[str, str]) -> str:
        """What passes it, in the page's language."""
        quiz = self.spec
        return text["quiz_how"].format(len(quiz.questions), self.mastery_percent, quiz.tries)

    @property
    def facts(self) -> dict[str, object]:
        """What ``quiz.js`` is told. ``print`` is another where answers kept before do not fit."""
        ids = " ".join(question.id for question in self.questions)
        return {
            "print": hashlib.sha256(ids.encode()).hexdigest()[:8],
            "mastery": mastery(self.spec),
            "tries": self.spec.tries,
            "questions": [question.facts for question in self.questions],
        }


@dataclass(frozen=True)
class AskedQuestion:
    spec: QuestionSpec

    @cached_property
    def id(self) -> str:
        words = [self.spec.text, *(choice.text for choice in self.spec.choices)]
        said = "\n".join(map(as_compared, words))
        return f"q-{hashlib.sha256(said.encode()).hexdigest()[:ID_CHARACTERS]}"

    @property
    def choices(self) -> tuple[tuple[str, ChoiceSpec], ...]:
        """Each by its letter, the id that platforms see."""
        return tuple(zip(ascii_lowercase, self.spec.choices, strict=False))

    @property
    def facts(self) -> dict[str, object]:
        return {
            "id": self.id,
            "scene": self.spec.scene,
            "text": self.spec.text,
            "feedback": self.spec.feedback,
            "choices": [{"id": letter} | choice.model_dump() for letter, choice in self.choices],
        }


def mastery(quiz: QuizSpec) -> float:
    """With as many places as manifests take: page and platform come to the same verdict."""
    return round(quiz.mastery, 4)
