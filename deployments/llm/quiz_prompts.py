"""What a language model is asked for questions, and what of its answer can be taken.

It is shown numbered sentences and names the one that each question comes from; what names none, or
whose right answer that scene does not say, is left out.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from pydantic import BaseModel, Field, ValidationError

from deployments.llm.llama_server import Message
from deployments.llm.quiz_sentences import SceneSentences
from pipeline.quiz import ChoiceSpec, QuestionSpec

MOST_CHARACTERS = 4000
"""Of a scene: what a small context holds beside the answer."""
SAID_SHARE = 0.5
"""As much of a right answer's words must be said in its scene."""

INSTRUCTION = """\
Below are numbered sentences of a lesson. Write {count} multiple-choice questions in the language \
“{language}” that a learner who heard them can answer. Ask only for what the sentences say; take \
the right choice from the sentence, and give three wrong choices of the same kind that are clearly \
wrong. In “sentence”, name the number of the sentence that holds the answer.
{sentences}"""

SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "properties": {
        "questions": {
            "type": "array",
            "minItems": 1,
            "maxItems": 10,
            "items": {
                "type": "object",
                "properties": {
                    "sentence": {"type": "integer"},
                    "question": {"type": "string"},
                    "right": {"type": "array", "items": {"type": "string"}, "minItems": 1},
                    "wrong": {"type": "array", "items": {"type": "string"}, "minItems": 1},
                },
                "required": ["sentence", "question", "right", "wrong"],
                "additionalProperties": False,
            },
        }
    },
    "required": ["questions"],
    "additionalProperties": False,
}
WORD = re.compile(r"\w+")


class _Drafted(BaseModel):
    sentence: int
    question: str
    right: Annotated[list[str], Field(min_length=1, max_length=4)]
    wrong: Annotated[list[str], Field(min_length=1, max_length=4)]


def question_messages(scene: SceneSentences, language: str) -> list[Message]:
    numbered = "\n".join(f"{n}. {said}" for n, said in enumerate(shown(scene), 1))
    asked = INSTRUCTION.format(count=scene.count, language=language, sentences=numbered)
    return [{"role": "user", "content": asked}]


def shown(scene: SceneSentences) -> tuple[str, ...]:
    """As many of the sentences as there is room for."""
    room, fitting = MOST_CHARACTERS, []
    for said in scene.sentences:
        room -= len(said)
        if room < 0:
            break
        fitting.append(said)
    return tuple(fitting)


def read_questions(answer: str, scene: SceneSentences) -> Iterator[QuestionSpec]:
    """The questions of an answer that stand on what was shown, at most as many as asked for."""
    left = scene.count
    for drafted in _drafts(answer):
        question = _question(drafted, scene)
        if question is not None and left:
            left -= 1
            yield question


def _question(drafted: _Drafted, scene: SceneSentences) -> QuestionSpec | None:
    sentences = shown(scene)
    if not 1 <= drafted.sentence <= len(sentences) or not _said(drafted.right, sentences):
        return None
    choices = [(text, True) for text in drafted.right] + [(text, False) for text in drafted.wrong]
    source = sentences[drafted.sentence - 1]
    try:
        return QuestionSpec(
            text=drafted.question,
            choices=tuple(
                ChoiceSpec(text=text, right=right)
                # in the order of the alphabet, which gives nothing away
                for text, right in sorted(choices, key=lambda choice: choice[0].casefold())
            ),
            scene=scene.index,
            source=source,
            feedback=source,
            draft=True,
        )
    except ValidationError:  # two equal choices, or one that is too long
        return None


def _said(right: list[str], sentences: tuple[str, ...]) -> bool:
    """Whether the scene says what is called right, in about these words."""
    heard = {*WORD.findall(" ".join(sentences).casefold())}
    words = [WORD.findall(text.casefold()) for text in right]
    return all(
        each and sum(word in heard for word in each) >= SAID_SHARE * len(each) for each in words
    )


def _drafts(answer: str) -> Iterator[_Drafted]:
    """Every question in the answer, also where more is said round them or the end is missing."""
    decoder, at = json.JSONDecoder(), 0
    while (at := answer.find("{", at)) >= 0:
        try:
            found, end = decoder.raw_decode(answer, at)
            at = end
        except ValueError:
            at += 1
            continue
        several = found.get("questions")
        for each in several if isinstance(several, list) else [found]:
            try:
                yield _Drafted.model_validate(each)
            except ValidationError:
                continue
