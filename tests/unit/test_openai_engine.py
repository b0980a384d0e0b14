"""The engine for OpenAI-compatible endpoints, against one on loopback."""

import asyncio
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from deployments.llm.openai_engine import OpenAiCompatible
from pipeline.engines import ScriptPiece, ScriptRequest
from pipeline.errors import EngineFailed, EngineUnavailable, PromptUnanswered
from pipeline.lesson import Scene
from pipeline.script import collect
from tests.chat_endpoint import SCRIPT, ChatEndpoint, chat_endpoint

ASK = ScriptRequest(
    prompt="The water cycle", audience="children of ten", minutes=3, language="en-gb", seed=7
)
WRITTEN = (
    Scene(0, "Evaporation", "The sun warms the sea. Water rises as vapour."),
    Scene(1, "Rain", "Vapour cools and becomes clouds. Rain falls on the hills."),
)


class Serving:
    """Starts endpoints, and writes with an engine that talks to the last one."""

    def __init__(self, stack: ExitStack) -> None:
        self._stack = stack

    def __call__(self, endpoint: ChatEndpoint) -> ChatEndpoint:
        self.endpoint = self._stack.enter_context(chat_endpoint(endpoint))
        return self.endpoint

    def engine(self, retries: int = 0, seconds: float = 300.0) -> OpenAiCompatible:
        return OpenAiCompatible(self.endpoint.url, "secret", "little", seconds, retries)

    def script(self, retries: int = 0, seconds: float = 300.0) -> tuple[Scene, ...]:
        return asyncio.run(collect(self.engine(retries, seconds).write(ASK)))


@pytest.fixture
def serving() -> Iterator[Serving]:
    with ExitStack() as stack:
        yield Serving(stack)


def test_a_streamed_script_comes_in_titled_scenes(serving: Serving) -> None:
    serving(ChatEndpoint())
    assert serving.script() == WRITTEN


def test_the_endpoint_is_told_model_key_seed_length_audience_and_language(
    serving: Serving,
) -> None:
    endpoint = serving(ChatEndpoint())
    serving.script()
    [asked] = endpoint.asked
    assert (asked["model"], asked["seed"], asked["stream"]) == ("little", 7, True)
    assert endpoint.keys == ["Bearer secret"]
    wish = asked["messages"][1]["content"]
    for part in ("The water cycle", "children of ten", "450 words", "en-gb"):
        assert part in wish


def test_notes_go_along_with_the_prompt(serving: Serving) -> None:
    endpoint = serving(ChatEndpoint())
    ask = ScriptRequest(prompt=None, notes="- vapour rises\n- rain falls")
    asyncio.run(collect(serving.engine().write(ask)))
    assert "- vapour rises\n- rain falls" in endpoint.asked[0]["messages"][1]["content"]


def test_the_first_sentence_comes_before_the_answer_has_ended(serving: Serving) -> None:
    endpoint = serving(ChatEndpoint(hang=True))

    async def first_words() -> ScriptPiece:
        pieces = serving.engine().write(ASK)
        async for piece in pieces:
            if piece.text:
                await pieces.aclose()  # type: ignore[attr-defined]
                return piece
        raise AssertionError

    assert asyncio.run(first_words()) == ScriptPiece(0, text="The sun warms the sea. ")
    assert endpoint.left.wait(60), "the endpoint was left, as the caller left"


@pytest.mark.parametrize(
    ("status", "error", "sentence"),
    [
        (401, EngineUnavailable, "refuses the API key"),
        (403, EngineUnavailable, "refuses the API key"),
        (404, EngineUnavailable, "no model “little”"),
        (400, EngineUnavailable, "no, thank you"),
        (429, EngineFailed, "takes no more requests"),
        (500, EngineFailed, "no, thank you"),
    ],
)
def test_a_refusal_is_told_in_a_sentence(
    serving: Serving, status: int, error: type[Exception], sentence: str
) -> None:
    serving(ChatEndpoint(statuses=[status]))
    with pytest.raises(error, match=sentence):
        serving.script()


def test_a_busy_endpoint_is_asked_again(serving: Serving) -> None:
    endpoint = serving(ChatEndpoint(statuses=[429, 503]))
    assert serving.script(retries=2) == WRITTEN
    assert len(endpoint.asked) == 3


def test_an_endpoint_that_falls_silent_is_given_up(serving: Serving) -> None:
    serving(ChatEndpoint(hang=True, hang_silently=True))
    with pytest.raises(EngineFailed, match="did not answer in time"):
        serving.script(seconds=0.5)


def test_an_answer_that_breaks_off_is_no_script(serving: Serving) -> None:
    serving(ChatEndpoint(answer=SCRIPT[:3], cut=True))
    with pytest.raises(EngineFailed, match="stopped in the middle"):
        serving.script()


def test_an_endpoint_that_is_not_there_is_named_so() -> None:
    engine = OpenAiCompatible("http://127.0.0.1:9/v1", None, "little", 5, 0)
    with pytest.raises(EngineFailed, match="cannot be reached"):
        asyncio.run(collect(engine.write(ASK)))


@pytest.mark.parametrize("answer", [(), ("Sure! ",), ("# A title and nothing below\n",)])
def test_an_answer_without_words_to_speak_is_none(
    serving: Serving, answer: tuple[str, ...]
) -> None:
    serving(ChatEndpoint(answer=answer))
    with pytest.raises(PromptUnanswered):
        serving.script()


@pytest.mark.parametrize(("base_url", "model"), [(None, "little"), ("http://x/v1", None), ("", "")])
def test_without_an_endpoint_the_card_says_what_to_set(
    base_url: str | None, model: str | None
) -> None:
    engine = OpenAiCompatible(base_url, None, model, 5, 0)
    card = asyncio.run(engine.card(ASK))
    assert card.missing is not None
    assert "LECTERN_OPENAI_BASE_URL and LECTERN_OPENAI_MODEL" in card.missing
    with pytest.raises(EngineUnavailable):
        asyncio.run(collect(engine.write(ASK)))


def test_the_card_names_the_model_and_calls_it_a_draft() -> None:
    card = asyncio.run(OpenAiCompatible("http://x/v1", None, "qwen3:8b").card(ASK))
    assert card.missing is None
    assert "qwen3:8b" in card.label
    assert "qwen3:8b" in card.version
    assert (card.kind, card.draft) == ("remote", True)
