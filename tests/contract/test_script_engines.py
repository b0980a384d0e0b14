"""What every script engine must do, checked on each of them."""

import asyncio
import inspect
from collections.abc import AsyncGenerator, Iterator
from contextlib import ExitStack
from dataclasses import dataclass

import pytest

from deployments.llm.composer import Composer
from deployments.llm.fake import FakeScript
from deployments.llm.llamacpp import LlamaCpp
from deployments.llm.openai_engine import OpenAiCompatible
from pipeline.engines import ScriptEngine, ScriptPiece, ScriptRequest
from pipeline.errors import LecternError
from pipeline.script import collect
from pipeline.sentences import speakable
from tests.chat_endpoint import ChatEndpoint, chat_endpoint
from tests.small_model import small_model

PROMPT = ScriptRequest(prompt="Why does it rain?", minutes=0.3, seed=5)
NOTES = ScriptRequest(
    prompt=None,
    notes="# Clouds\n- vapour rises and cools\n- it becomes clouds\n\n# Rain\nClouds let it fall.",
)


@dataclass(frozen=True)
class Case:
    """An engine, what it can write, and what it cannot."""

    engine: ScriptEngine
    ask: ScriptRequest
    beyond_it: ScriptRequest


@pytest.fixture(scope="module")
def cases() -> Iterator[dict[str, Case]]:
    with ExitStack() as stack:
        endpoint = stack.enter_context(chat_endpoint(ChatEndpoint()))
        remote = OpenAiCompatible(endpoint.url, None, "little", 60, 0)
        nothing = ScriptRequest(prompt=None)
        yield {
            "fake": Case(FakeScript(), PROMPT, nothing),
            "composer": Case(Composer(), NOTES, PROMPT),
            "openai": Case(remote, PROMPT, nothing),
            "llamacpp": Case(
                LlamaCpp(small_model(), slots=1),
                PROMPT,
                ScriptRequest(prompt="Pourquoi pleut-il ?", language="fr-fr"),
            ),
        }


@pytest.fixture(scope="module", params=["fake", "composer", "openai", "llamacpp"])
def case(request: pytest.FixtureRequest, cases: dict[str, Case]) -> Case:
    return cases[request.param]


@pytest.fixture(scope="module")
def pieces(case: Case) -> list[ScriptPiece]:
    async def all_of_them() -> list[ScriptPiece]:
        return [piece async for piece in case.engine.write(case.ask)]

    return asyncio.run(all_of_them())


def test_card_names_who_writes_and_lacks_nothing_for_what_it_can(case: Case) -> None:
    card = asyncio.run(case.engine.card(case.ask))
    assert card.name
    assert card.version
    assert card.label
    assert card.missing is None


def test_card_says_what_is_missing_and_never_raises(case: Case) -> None:
    card = asyncio.run(case.engine.card(case.beyond_it))
    assert card.missing


def test_what_a_model_made_up_is_called_a_draft(case: Case) -> None:
    card = asyncio.run(case.engine.card(case.ask))
    assert card.draft == (card.name in ("openai", "llamacpp"))


def test_scenes_count_from_nought_and_never_go_back(pieces: list[ScriptPiece]) -> None:
    scenes = [piece.scene for piece in pieces]
    assert scenes == sorted(scenes)
    assert set(scenes) == set(range(max(scenes) + 1))


def test_every_scene_has_one_title_before_its_words(pieces: list[ScriptPiece]) -> None:
    for scene in {piece.scene for piece in pieces}:
        first, *rest = [piece for piece in pieces if piece.scene == scene]
        assert first.title
        assert all(piece.title is None for piece in rest)
        assert speakable("".join(piece.text for piece in (first, *rest)))


def test_words_are_ready_to_be_spoken(pieces: list[ScriptPiece]) -> None:
    for scene in {piece.scene for piece in pieces}:
        said = "".join(piece.text for piece in pieces if piece.scene == scene).strip()
        assert said[0].isupper()
        assert said[-1] in ".!?"
        assert not set(said) & set("*#_`•\n")


def test_the_same_request_gives_the_same_script(case: Case, pieces: list[ScriptPiece]) -> None:
    async def streamed() -> AsyncGenerator[ScriptPiece, None]:
        for piece in pieces:
            yield piece

    again = asyncio.run(collect(case.engine.write(case.ask)))
    assert again == asyncio.run(collect(streamed()))


def test_a_caller_may_leave_after_the_first_piece(case: Case) -> None:
    async def first_of_two() -> tuple[ScriptPiece, ScriptPiece]:
        firsts = []
        for _ in range(2):
            pieces = case.engine.write(case.ask)
            assert inspect.isasyncgen(pieces)
            firsts.append(await anext(pieces))
            await pieces.aclose()
        return firsts[0], firsts[1]

    once, again = asyncio.run(first_of_two())
    assert once == again


def test_what_it_cannot_write_is_an_error_of_ours(case: Case) -> None:
    with pytest.raises(LecternError):
        asyncio.run(collect(case.engine.write(case.beyond_it)))
