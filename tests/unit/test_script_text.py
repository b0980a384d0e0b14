"""What language models say, read as a script."""

import asyncio
from collections.abc import AsyncGenerator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deployments.llm.script_text import (
    Heard,
    ScriptReader,
    Sentences,
    short_title,
    tidy_title,
    unmarked,
)
from pipeline.engines import ScriptPiece
from pipeline.lesson import Scene
from pipeline.script import collect

CLEAN = "# Rain\nClouds get heavy. Then rain falls.\n\n# Rivers\nWater flows to the sea.\n"
SCENES = (
    Scene(0, "Rain", "Clouds get heavy. Then rain falls."),
    Scene(1, "Rivers", "Water flows to the sea."),
)


def pieces_of(text: str, size: int = 7) -> list[ScriptPiece]:
    reader = ScriptReader()
    chunks = [text[start : start + size] for start in range(0, len(text), size)]
    return [*(piece for chunk in chunks for piece in reader.feed(chunk)), *reader.finish()]


def script(text: str, size: int = 7) -> tuple[Scene, ...]:
    async def streamed() -> AsyncGenerator[ScriptPiece, None]:
        for piece in pieces_of(text, size):
            yield piece

    return asyncio.run(collect(streamed()))


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
def test_a_script_is_the_same_however_it_is_chopped(size: int) -> None:
    assert script(CLEAN, size) == SCENES


@pytest.mark.parametrize(
    "text",
    [
        "Sure! Here is your lesson script:\n\n" + CLEAN,
        "<think>\nThe user wants rain.\n\n# Plan\n</think>\n" + CLEAN,
        CLEAN + "\nI hope this helps!\nLet me know if you want changes.",
        "**Rain**\nClouds get heavy. Then rain falls.\n\n**Rivers:**\nWater flows to the sea.",
        "## Scene 1: Rain\nClouds get heavy. Then rain falls.\n## Scene 2: Rivers\n"
        "Water flows to the sea.",
        "Scene 1: Rain\nClouds get heavy. Then rain falls.\nScene 2 – Rivers\n"
        "Water flows to the sea.",
        "# Rain\nNarrator: Clouds get **heavy**. [Music fades] Then rain *falls*. 🌧️\n---\n"
        "# Rivers\n- Water flows to the sea.",
        "```\n" + CLEAN + "```",
    ],
    ids=["chatter", "thinking", "closing", "bold", "numbered", "plain", "directions", "fenced"],
)
def test_what_models_do_around_a_script_is_forgiven(text: str) -> None:
    assert script(text) == SCENES


def test_a_script_without_titles_is_cut_into_scenes() -> None:
    sentence = "The river goes down to the sea and the rain brings it back up to the hills. "
    scenes = script("Here is the script:\n" + sentence * 20)
    assert len(scenes) > 2
    assert all(scene.title is None for scene in scenes)
    assert " ".join(scene.narration for scene in scenes) == (sentence * 20).strip()


def test_what_stands_before_the_first_title_is_a_scene_if_it_is_long() -> None:
    opening = "Long before there were people the rain fell on the hills. " * 4
    assert [scene.title for scene in script(opening + "\n" + CLEAN)] == [None, "Rain", "Rivers"]


def test_thinking_that_never_ends_is_no_script() -> None:
    assert pieces_of("<think>\n# Not this\nNor this. Nor that.") == []


def test_sentences_come_as_soon_as_the_next_begins() -> None:
    reader = ScriptReader()
    assert list(reader.feed("# Rain\nClouds get")) == [ScriptPiece(0, title="Rain")]
    assert list(reader.feed(" heavy. Then")) == [ScriptPiece(0, text="Clouds get heavy. ")]


def test_sums_and_pauses_are_no_markup() -> None:
    text = "If x < 3 and y > 2 [pause 0.8s] then x * y is snake_case."
    assert unmarked(text) == text


@pytest.mark.parametrize(
    ("line", "title"),
    [
        ("1. What bread is made of", "What bread is made of"),
        ("2) **Rain**:", "Rain"),
        ("Part 3: “The sea”", "The sea"),
        ("# ", None),
        ("- 4.", None),
    ],
)
def test_titles_lose_numbers_and_marks(line: str, title: str | None) -> None:
    assert tidy_title(line) == title


def test_a_sentence_is_no_title_but_its_first_clause_may_be() -> None:
    line = "2. The main cause was imperialism, which is when countries control other lands"
    assert short_title(line) == "The main cause was imperialism"
    assert short_title("One two three four five six seven eight nine ten eleven") is None


def test_a_sentence_said_again_in_other_order_is_not_new() -> None:
    heard = Heard(["Bread is soft."])
    assert heard.is_new("Rain falls on the hills.")
    assert not heard.is_new("On the hills rain falls.")
    assert not heard.is_new("Bread is so soft.")
    assert heard.is_new("The sea is salty.")


def test_the_last_sentence_waits_for_its_end() -> None:
    reader = Sentences()
    assert reader.feed("Rain falls. It is") == ["Rain falls."]
    assert reader.feed(" wet") == []
    assert reader.finish() == ["It is wet"]


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=300), st.integers(1, 50))
def test_any_text_is_read_and_scenes_only_go_forward(text: str, size: int) -> None:
    scenes = [piece.scene for piece in pieces_of(text, size)]
    assert scenes == sorted(scenes)
