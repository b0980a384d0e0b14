"""The llama.cpp engine with the small model it comes with, and with models that misbehave."""

import asyncio
import urllib.error
import urllib.request
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from deployments.llm.lesson_prompts import SHOWN_PARAGRAPH, SHOWN_TITLES
from deployments.llm.llama_server import LlamaServer, LlamaSettings, Message, Sampling
from deployments.llm.llamacpp import SMALL_MODEL, LlamaCpp
from pipeline.engines import ScriptPiece, ScriptRequest
from pipeline.errors import EngineFailed, PromptTooLong, PromptUnanswered
from pipeline.lesson import Scene
from pipeline.script import collect
from pipeline.sentences import estimate_seconds, sentences
from tests.small_model import small_model

ASK = ScriptRequest(prompt="How do volcanoes work?", minutes=0.5, seed=3)
ANY_FILE = Path(__file__)
"""A server that is scripted reads no model."""


@pytest.fixture(scope="module")
def gguf() -> Path:
    return small_model()


@pytest.fixture(scope="module")
def engine(gguf: Path) -> LlamaCpp:
    return LlamaCpp(gguf, slots=2)


@pytest.fixture(scope="module")
def scenes(engine: LlamaCpp) -> tuple[Scene, ...]:
    return asyncio.run(written(engine, ASK))


@pytest.fixture(scope="module")
def server(gguf: Path) -> LlamaServer:
    return LlamaServer(LlamaSettings(gguf, slots=1, context_tokens=256))


async def written(engine: LlamaCpp, ask: ScriptRequest) -> tuple[Scene, ...]:
    return await collect(engine.write(ask))


@dataclass
class Scripted(LlamaServer):
    """Answers a plan and then paragraphs from a list, over and over the last one."""

    plan: str
    paragraphs: list[str]
    asked: list[Sequence[Message]] = field(default_factory=list)

    async def chat(
        self, messages: Sequence[Message], sampling: Sampling
    ) -> AsyncGenerator[str, None]:
        self.asked.append(messages)
        said = self.plan
        if len(self.asked) > 1:
            said = self.paragraphs.pop(0) if len(self.paragraphs) > 1 else self.paragraphs[0]
        for word in said.split(" "):
            yield f"{word} "


def script_of(plan: str, *paragraphs: str, minutes: float = 1.0) -> tuple[Scene, ...]:
    engine = LlamaCpp(ANY_FILE, server=Scripted(plan, list(paragraphs)))
    return asyncio.run(written(engine, ScriptRequest(prompt="Rain", minutes=minutes)))


def test_a_prompt_becomes_titled_scenes_about_as_long_as_asked(scenes: tuple[Scene, ...]) -> None:
    assert scenes
    assert all(scene.title for scene in scenes)
    assert 10 <= sum(estimate_seconds(scene.narration) for scene in scenes) <= 60
    assert "volcano" in " ".join(scene.narration for scene in scenes).casefold()


def test_the_examples_are_never_part_of_the_answer(scenes: tuple[Scene, ...]) -> None:
    told = " ".join(f"{scene.title} {scene.narration}" for scene in scenes)
    for shown in (*SHOWN_TITLES, *sentences(SHOWN_PARAGRAPH)):
        assert shown.split(". ", 1)[-1] not in told


async def said(server: LlamaServer, prompt: str, max_tokens: int, seed: int = 1) -> str:
    sampling = Sampling(temperature=1.0, seed=seed, max_tokens=max_tokens)
    tokens = server.chat([{"role": "user", "content": prompt}], sampling)
    return "".join([token async for token in tokens])


def test_the_same_seed_gives_the_same_words_whatever_was_asked_before(server: LlamaServer) -> None:
    async def thrice() -> list[str]:
        prompts = ["Tell me about rain.", "Tell me about bees.", "Tell me about rain."]
        return [await said(server, prompt, 20) for prompt in prompts]

    once, other, again = asyncio.run(thrice())
    assert once == again
    assert other != once
    assert asyncio.run(said(server, "Tell me about rain.", 20, seed=2)) != once


def test_a_short_answer_does_not_wait_for_a_long_one(gguf: Path) -> None:
    server = LlamaServer(LlamaSettings(gguf, slots=2, context_tokens=512))

    async def order() -> list[str]:
        finished: list[str] = []

        async def ask(prompt: str, max_tokens: int) -> None:
            await said(server, prompt, max_tokens)
            finished.append(prompt)

        await asyncio.gather(ask("Tell me about all the sea.", 120), ask("Hello.", 3))
        return finished

    assert asyncio.run(order()) == ["Hello.", "Tell me about all the sea."]


def test_closing_the_script_stops_the_model(server: LlamaServer) -> None:
    """The only slot is free at once: a long answer does not go on for nobody."""

    async def first_token(max_tokens: int) -> str:
        answer = server.chat(
            [{"role": "user", "content": "Count from one to one hundred."}],
            Sampling(temperature=0.1, seed=1, max_tokens=max_tokens),
        )
        async for token in answer:
            await answer.aclose()
            return token
        raise AssertionError

    async def many() -> list[str]:
        return [await first_token(100_000) for _ in range(3)]

    assert len(asyncio.run(asyncio.wait_for(many(), 300))) == 3


def test_a_prompt_longer_than_the_context_is_refused_with_both_lengths(
    server: LlamaServer,
) -> None:
    async def ask() -> None:
        sampling = Sampling(temperature=0.1, seed=1, max_tokens=5)
        async for _ in server.chat([{"role": "user", "content": "word " * 400}], sampling):
            pass

    with pytest.raises(PromptTooLong, match=r"come to 4\d\d tokens.*at most 256") as caught:
        asyncio.run(ask())
    assert not caught.value.retryable


def test_nobody_else_can_use_the_port_llama_cpp_listens_on(server: LlamaServer) -> None:
    address = server.loaded().listening_address
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(f"{address}/v1/chat/completions", data=b"{}", timeout=60)
    assert caught.value.code == 401
    caught.value.close()


def test_a_file_that_is_no_model_fails_clearly(tmp_path: Path) -> None:
    broken = tmp_path / "broken.gguf"
    broken.write_bytes(b"GGUF" + bytes(2000))
    with pytest.raises(EngineFailed, match="llamacpp"):
        asyncio.run(written(LlamaCpp(broken), ASK))


def test_the_card_says_what_is_missing(tmp_path: Path) -> None:
    async def missing(gguf: Path, ask: ScriptRequest) -> str | None:
        return (await LlamaCpp(gguf).card(ask)).missing

    small, large = tmp_path / SMALL_MODEL, tmp_path / "large.gguf"
    assert "lectern models pull llamacpp" in str(asyncio.run(missing(small, ASK)))
    small.touch()
    large.touch()
    german = ScriptRequest(prompt="Vulkane", language="de")
    assert asyncio.run(missing(small, ASK)) is None
    assert "writes only in en, not in de" in str(asyncio.run(missing(small, german)))
    assert asyncio.run(missing(large, german)) is None
    assert asyncio.run(missing(small, ScriptRequest(prompt=None, notes="a"))) == "it needs a prompt"


def test_every_script_of_it_is_a_draft(gguf: Path) -> None:
    card = asyncio.run(LlamaCpp(gguf).card(ASK))
    assert (card.name, card.kind, card.draft) == ("llamacpp", "embedded", True)
    assert card.label == "Draft by a small model: check the facts"
    other = asyncio.run(LlamaCpp(Path("large-8b.gguf"), label="Draft by a model").card(ASK))
    assert (other.kind, other.draft, other.label) == ("model", True, "Draft by a model")
    assert other.version != card.version


def test_a_model_that_goes_in_circles_is_stopped() -> None:
    [scene] = script_of("What rain is", "Rain is wet. Rain falls. Rain is wet. " * 50)
    assert scene.narration == "Rain is wet. Rain falls."


def facts(about: str) -> str:
    """Twenty sentences of about 5 s, no two alike."""
    return " ".join(
        f"The river{n} runs past{n} every{n} village{n} in{n} our{n} quiet{n} hills{n}."
        for n in (f"{about}{letter}" for letter in "abcdefghijklmnopqrst")
    )


def test_a_scene_ends_when_its_time_is_filled() -> None:
    scenes = script_of("What rain is\n2. Why it falls", facts("a"), facts("b"), minutes=0.7)
    assert len(scenes) == 2
    for scene in scenes:
        assert 18 <= estimate_seconds(scene.narration) <= 28


def test_a_scene_that_is_too_short_is_given_an_example() -> None:
    [scene] = script_of("Rain", "Rain is wet.", "One example is a cloud.", minutes=0.3)
    assert scene.narration == "Rain is wet. One example is a cloud."


def test_what_a_scene_repeats_of_another_is_left_out_of_it() -> None:
    one, other = facts("a"), facts("b")
    repeating = " ".join([*sentences(one)[:1], other])
    scenes = script_of("Rain\n2. Snow", one, repeating, minutes=0.7)
    assert scenes[1].narration.startswith(sentences(other)[0])


def test_markup_chatter_and_a_sentence_cut_off_are_left_out() -> None:
    [scene] = script_of("What rain is", "Sure! **Rain** is water. 🌧️ It falls from clouds. And it")
    assert scene.narration == "Rain is water. It falls from clouds."


def test_titles_are_told_apart_from_the_examples_and_each_other() -> None:
    plan = "How wings lift a bird\n2. Rain\n3. rain\n4. **Snow**:"
    scenes = script_of(plan, facts("a"), facts("b"), minutes=0.7)
    assert [scene.title for scene in scenes] == ["Rain", "Snow"]


@pytest.mark.parametrize("answer", ["", "🌧️ ***", "Sure!", "no end", SHOWN_PARAGRAPH])
def test_an_answer_with_nothing_usable_is_no_script(answer: str) -> None:
    with pytest.raises(PromptUnanswered):
        script_of("", answer)


def test_audience_notes_and_language_are_part_of_what_is_asked() -> None:
    scripted = Scripted("Regen", ["Regen ist nass."])
    ask = ScriptRequest("Rain", notes="it is\nwet", language="de", audience="children", minutes=0.2)
    engine = LlamaCpp(ANY_FILE, server=scripted)
    pieces: list[ScriptPiece] = []

    async def all_pieces() -> None:
        pieces.extend([piece async for piece in engine.write(ask)])

    asyncio.run(all_pieces())
    assert pieces == [ScriptPiece(0, title="Regen"), ScriptPiece(0, text="Regen ist nass. ")]
    for messages in scripted.asked[:2]:
        asked = " ".join(message["content"] for message in messages)
        for part in ("Rain.", "For children.", "it is wet", "“de”"):
            assert part in asked
