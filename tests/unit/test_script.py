"""Scripts: collected from an engine, cut from a text, and how long they take to say."""

import asyncio
import json
from collections.abc import AsyncGenerator, Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deployments.zyphra.builtin import Builtin
from pipeline.engines import ScriptPiece, SpeechRequest
from pipeline.errors import NothingToSay, PromptUnanswered
from pipeline.lesson import Scene
from pipeline.scene_cuts import cut_scenes
from pipeline.script import as_scenes, collect, split_script
from pipeline.sentences import estimate_seconds, sentences

PAGES = Path(__file__).parents[2] / "ui/src/features"
SPEAKING_TIMES = PAGES / "new-lesson/speaking-times.json"


async def streamed(pieces: Sequence[ScriptPiece]) -> AsyncGenerator[ScriptPiece, None]:
    for piece in pieces:
        yield piece


def collected(*pieces: ScriptPiece) -> tuple[Scene, ...]:
    return asyncio.run(collect(streamed(pieces)))


def test_pieces_become_scenes_with_their_titles() -> None:
    assert collected(
        ScriptPiece(0, title="One"),
        ScriptPiece(0, text="First "),
        ScriptPiece(0, text="words.  "),
        ScriptPiece(1, text="Then\nmore.\n\nA paragraph.", title="Two"),
    ) == (Scene(0, "One", "First words."), Scene(1, "Two", "Then more.\n\nA paragraph."))


def test_scenes_without_words_are_left_out_and_not_counted() -> None:
    assert collected(
        ScriptPiece(0, title="Empty"),
        ScriptPiece(1, text="Said."),
        ScriptPiece(2, text="[pause 1s] …"),
        ScriptPiece(5, text="Again."),
    ) == (Scene(0, None, "Said."), Scene(1, None, "Again."))


def test_a_scene_is_there_as_soon_as_the_next_begins() -> None:
    async def first() -> Scene:
        async def endless() -> AsyncGenerator[ScriptPiece, None]:
            yield ScriptPiece(0, text="First.")
            yield ScriptPiece(1, text="Second.")
            await asyncio.Event().wait()

        return await anext(as_scenes(endless()))

    assert asyncio.run(first()) == Scene(0, None, "First.")


def test_a_script_without_words_is_no_answer() -> None:
    with pytest.raises(PromptUnanswered):
        collected(ScriptPiece(0, title="Only a title"))


def test_headings_rules_and_scene_lines_begin_a_scene() -> None:
    text = (
        "# Welcome\nHello there.\n\n---\n\nOn we go.\n\n"
        "Scene 3: The end\nGood-bye, and\nthank you.\n\nSCENE 4\nA coda."
    )
    assert [(scene.title, scene.narration) for scene in split_script(text)] == [
        ("Welcome", "Hello there."),
        (None, "On we go."),
        ("The end", "Good-bye, and thank you."),
        (None, "A coda."),
    ]


def test_a_pasted_script_keeps_its_words_and_its_pauses() -> None:
    text = "water is wet [pause 0.8s] and iPhones are not\n\nSecond, “quoted” paragraph"
    [scene] = split_script(text)
    assert scene.narration == (
        "water is wet [pause 0.8s] and iPhones are not\n\nSecond, “quoted” paragraph"
    )


def test_a_long_script_is_cut_between_paragraphs_into_scenes_of_ten_to_forty_seconds() -> None:
    paragraph = "The river goes to the sea. " * 6
    scenes = split_script("\n\n".join([paragraph] * 12))
    seconds = [estimate_seconds(scene.narration) for scene in scenes]
    assert all(10 <= each <= 40 for each in seconds)
    for scene in scenes:
        for part in scene.narration.split("\n\n"):
            assert part == paragraph.strip()


def test_only_the_first_scene_of_a_part_has_its_title() -> None:
    scenes = split_script("# Rivers\n" + "The river goes to the sea. " * 60)
    assert len(scenes) > 2
    assert [scene.title for scene in scenes] == ["Rivers", *[None] * (len(scenes) - 1)]


@pytest.mark.parametrize("text", ["", " \n ", "# Only a title", "😀", "[pause 3s]", "---"])
def test_a_script_without_words_is_refused(text: str) -> None:
    with pytest.raises(NothingToSay):
        split_script(text)


@pytest.mark.parametrize(
    "text",
    [
        "x" * 100_000,
        "word " * 20_000,
        "水" * 50_000,
        "a. " * 30_000,
        "#" * 5000 + " a" + "</" * 9000,
    ],
    ids=["no blanks", "no stops", "no letters", "only stops", "marks"],
)
def test_a_hundred_thousand_characters_are_cut_however_they_come(text: str) -> None:
    scenes = split_script(text)
    assert max(estimate_seconds(scene.narration) for scene in scenes) < 60
    letters = sum(character.isalnum() for character in text)
    assert sum(c.isalnum() for scene in scenes for c in scene.narration) == letters


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Dr. Smith came. He sat.", ["Dr. Smith came.", "He sat."]),
        ("It costs 3.5 euros, e.g. here.", ["It costs 3.5 euros, e.g. here."]),
        ("“Why?” she asked. Then… no!", ["“Why?” she asked.", "Then… no!"]),
        ("J. S. Bach wrote it.", ["J. S. Bach wrote it."]),
        ("See No. 5 on Jan. 7. Done.", ["See No. 5 on Jan. 7.", "Done."]),
        ("It is in the U.S. The end.", ["It is in the U.S.", "The end."]),
        ("「水。」と言った。はい。", ["「水。」と言った。", "はい。"]),
        ("1. Boil it. 2 more", ["1. Boil it.", "2 more"]),
        ("There were 12. Then none.", ["There were 12.", "Then none."]),
        ("水は冷たい。火は熱い。", ["水は冷たい。", "火は熱い。"]),
        ("no stop at all", ["no stop at all"]),
        ("", []),
    ],
)
def test_sentences_end_where_a_reader_ends_them(text: str, expected: list[str]) -> None:
    assert list(sentences(text)) == expected


@pytest.mark.parametrize("rate", [15.0, 20.0])
def test_the_estimate_is_what_the_built_in_voice_takes(rate: float) -> None:
    narration = (
        "Photosynthesis is the way green plants make their own food. They take in carbon dioxide "
        "through tiny holes in their leaves, and water through their roots. [pause 0.8s] In 1969, "
        "650 million people watched the moon. Pour in the batter; turn it when it is brown."
    )

    async def spoken_seconds() -> float:
        request = SpeechRequest(narration, speaking_rate=rate)
        return sum([piece.seconds async for piece in Builtin().speak(request)])

    assert estimate_seconds(narration, rate) == pytest.approx(
        asyncio.run(spoken_seconds()), rel=0.12
    )


def test_pauses_count_whatever_the_rate_and_words_by_the_rate() -> None:
    words = "The river goes to the sea."
    assert estimate_seconds(f"{words} [pause 2s]") == pytest.approx(estimate_seconds(words) + 2)
    assert estimate_seconds(f"{words} [pause 1500 ms]") == pytest.approx(
        estimate_seconds(words) + 1.5
    )
    assert estimate_seconds(f"{words} [pause]") == pytest.approx(estimate_seconds(words) + 0.5)
    assert estimate_seconds(words, 30.0) == pytest.approx(estimate_seconds(words) / 2)
    assert estimate_seconds("") == 0.0


SENTENCE = st.integers(1, 30).map(lambda words: " ".join(["river"] * words) + ".")
PARAGRAPH = st.lists(SENTENCE, min_size=1, max_size=8).map(tuple)


@settings(max_examples=100, deadline=None)
@given(st.lists(PARAGRAPH, max_size=12))
def test_cutting_keeps_every_sentence_in_order(paragraphs: list[tuple[str, ...]]) -> None:
    scenes = cut_scenes(paragraphs)
    again = [sentence for scene in scenes for paragraph in scene for sentence in paragraph]
    assert again == [sentence for paragraph in paragraphs for sentence in paragraph]
    assert all(scene for scene in scenes)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=500))
def test_any_text_is_split_or_refused(text: str) -> None:
    try:
        scenes = split_script(text)
    except NothingToSay:
        return
    assert all(scene.narration for scene in scenes)


@pytest.mark.parametrize(("said", "seconds"), json.loads(SPEAKING_TIMES.read_text()))
def test_while_it_is_typed_a_text_is_as_long_as_we_say(said: str, seconds: float) -> None:
    """The same table is held against the pages' own reckoning."""
    assert estimate_seconds(said) == pytest.approx(seconds, abs=0.001)
