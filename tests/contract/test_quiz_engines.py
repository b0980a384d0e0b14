"""What every engine that drafts questions must do, checked on each of them."""

import asyncio
import json
from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from deployments.llm.chat_quiz import ChatQuiz
from deployments.llm.fake import FakeQuiz
from deployments.llm.gaps import GAP, Gaps
from deployments.llm.llama_server import LlamaServer, LlamaSettings, Message, Sampling
from deployments.llm.llamacpp import SMALL_MODEL, LlamaCpp
from deployments.llm.openai_engine import OpenAiCompatible
from pipeline.engines import QuizEngine, QuizRequest
from pipeline.errors import EngineUnavailable
from pipeline.quiz import QuestionSpec
from tests.chat_endpoint import ChatEndpoint, chat_endpoint

NARRATIONS = (
    "Why does it rain? Warm air carries the vapour from the ocean. [pause 1s] The vapour rises "
    "high into the sky.",
    "Hush.",
    "The sky is cold, and the vapour becomes a cloud there. A cloud lets the rain fall on the land "
    "below.",
)
ASK = QuizRequest(NARRATIONS, questions=4)
ANSWER = json.dumps(
    {
        "questions": [
            {"sentence": 1, "question": "What?", "right": ["the vapour"], "wrong": ["tea", "sand"]},
            {"sentence": 9, "question": "Where?", "right": ["the vapour"], "wrong": ["the moon"]},
            {"sentence": 2, "question": "Who?", "right": ["Napoleon"], "wrong": ["Caesar"]},
            {"sentence": 2, "question": "Same?", "right": ["sky"], "wrong": ["Sky."]},
            {"sentence": 2, "question": "And?", "right": ["the sky"], "wrong": ["a well"]},
        ]
    }
)
SAID = f"Here you are: {ANSWER} I hope this helps!"


@dataclass
class Scripted(LlamaServer):
    """Says the same to everyone."""

    sampled: list[Sampling] = field(default_factory=list)

    async def chat(
        self,
        messages: Sequence[Message],
        sampling: Sampling,
    ) -> AsyncGenerator[str, None]:
        self.sampled.append(sampling)
        yield SAID


@pytest.fixture(scope="module")
def engines() -> Iterator[dict[str, QuizEngine]]:
    with ExitStack() as stack:
        endpoint = stack.enter_context(chat_endpoint(ChatEndpoint(answer=[SAID])))
        yield {
            "fake": FakeQuiz(),
            "gaps": Gaps(),
            "openai": ChatQuiz(OpenAiCompatible(endpoint.url, None, "little", 60, 0)),
            "llamacpp": ChatQuiz(LlamaCpp(Path(__file__), server=Scripted())),
        }


@pytest.fixture(scope="module", params=["fake", "gaps", "openai", "llamacpp"])
def engine(request: pytest.FixtureRequest, engines: dict[str, QuizEngine]) -> QuizEngine:
    return engines[request.param]


def drafted(engine: QuizEngine, ask: QuizRequest) -> list[QuestionSpec]:
    async def all_of_them() -> list[QuestionSpec]:
        return [question async for question in engine.draft(ask)]

    return asyncio.run(all_of_them())


def test_card_says_that_these_are_drafts(engine: QuizEngine) -> None:
    card = asyncio.run(engine.card(ASK))
    assert card.draft
    assert card.label
    assert card.missing is None


def test_every_question_is_a_draft_that_names_a_sentence_of_its_scene(engine: QuizEngine) -> None:
    questions = drafted(engine, ASK)
    assert questions
    for question in questions:
        assert question.draft
        assert question.scene is not None
        assert question.source
        assert question.source in NARRATIONS[question.scene]


def test_there_are_no_more_than_asked_for_and_scenes_come_in_order(engine: QuizEngine) -> None:
    for count in (1, 3):
        questions = drafted(engine, replace(ASK, questions=count))
        assert 1 <= len(questions) <= count
        scenes = [question.scene or 0 for question in questions]
        assert scenes == sorted(scenes)


def test_the_same_request_gives_the_same_questions(engine: QuizEngine) -> None:
    assert drafted(engine, ASK) == drafted(engine, ASK)


def test_gaps_leave_out_a_word_that_the_lesson_says_and_offer_others_of_it() -> None:
    said = " ".join(NARRATIONS)
    for question in drafted(Gaps(), ASK):
        (right,) = (choice.text for choice in question.choices if choice.right)
        assert question.source is not None
        assert question.text.replace(GAP, right) == question.source
        assert right not in question.text
        assert all(choice.text in said for choice in question.choices)
        assert len(question.choices) >= 3


def test_gaps_offer_numbers_for_a_number() -> None:
    said = "In 1492 the ship sailed. It took the crew 71 days to cross. They had 90 men on board."
    first = drafted(Gaps(), QuizRequest((said,), questions=1))[0]
    assert {choice.text for choice in first.choices} == {"1492", "71", "90"}


def test_gaps_ask_nothing_that_is_too_long_to_be_a_question() -> None:
    said = f"The crew had {'7 ' * 190}men. It took 90 days. They ate 40 of the 80 loaves there."
    questions = drafted(Gaps(), QuizRequest((said,), questions=3))
    assert all(question.text != "7" and len(question.text) <= 500 for question in questions)


def test_gaps_ask_nothing_where_too_little_is_said() -> None:
    assert drafted(Gaps(), QuizRequest(("The sun shines on us today.", "Yes."))) == []


def test_gaps_say_which_languages_they_cannot_do() -> None:
    ask = replace(ASK, language="ja")
    card = asyncio.run(Gaps().card(ask))
    assert card.missing is not None
    assert "ja" in card.missing
    with pytest.raises(EngineUnavailable):
        drafted(Gaps(), ask)


def test_what_the_scene_does_not_say_is_left_out_of_a_models_answer(
    engines: dict[str, QuizEngine],
) -> None:
    questions = drafted(engines["openai"], QuizRequest(NARRATIONS[:1], questions=5))
    assert [question.text for question in questions] == ["What?", "And?"]
    assert [choice.text for choice in questions[0].choices] == ["sand", "tea", "the vapour"]


def test_an_answer_that_breaks_off_is_taken_as_far_as_it_goes() -> None:
    broken = ANSWER[: ANSWER.index('"Where?"')]
    with chat_endpoint(ChatEndpoint(answer=[broken])) as endpoint:
        engine = ChatQuiz(OpenAiCompatible(endpoint.url, None, "little", 60, 0))
        assert [question.text for question in drafted(engine, replace(ASK, questions=2))] == [
            "What?",
            "What?",
        ]


def test_a_local_model_is_held_to_the_form_of_an_answer() -> None:
    server = Scripted()
    drafted(ChatQuiz(LlamaCpp(Path(__file__), server=server)), replace(ASK, questions=1))
    assert [sampling.schema is not None for sampling in server.sampled] == [True]


def test_the_small_model_says_that_it_is_too_small() -> None:
    small = Path(__file__).with_name(SMALL_MODEL)
    server = LlamaServer(LlamaSettings(small))
    card = asyncio.run(ChatQuiz(LlamaCpp(small, server=server)).card(ASK))
    assert card.missing is not None
