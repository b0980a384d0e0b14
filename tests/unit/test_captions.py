import re
from itertools import pairwise
from pathlib import Path

import pytest
import webvtt as reader
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.lesson import Cue, Word
from pipeline.media.caption_files import subrip, webvtt
from pipeline.media.captions import MOST_SECONDS, lesson_cues, scene_cues
from pipeline.media.lines import LINE_CHARACTERS, NEVER_FIRST, columns, in_lines, split_long_word
from tests.media import finished_scene, sentences_of, spoken_words

LESSON = (
    "Plants make their own food from light. Really! Look at a leaf closely: it is full of tiny "
    "green grains, called chloroplasts, and each of them takes in sunlight, water from the roots, "
    "and carbon dioxide from the air to build sugar. That sugar is stored, or burnt, or built "
    "into wood."
)


def cues_of(text: str, seconds: float | None = None) -> list[Cue]:
    seconds = seconds or len(text) / 14 + 0.5
    words = spoken_words(text, seconds)
    return scene_cues(words, sentences_of(words), seconds)


def plain(cues: list[Cue]) -> str:
    return " ".join(cue.text.replace("\n", " ") for cue in cues)


def assert_readable(cues: list[Cue], seconds: float) -> None:
    for cue in cues:
        lines = cue.text.split("\n")
        assert 1 <= len(lines) <= 2
        assert all(0 < len(line) <= LINE_CHARACTERS for line in lines)
        assert 0 <= cue.start_seconds < cue.end_seconds <= seconds + 1e-9
    for before, after in pairwise(cues):
        assert before.end_seconds <= after.start_seconds + 1e-9


def test_all_is_said_in_order_and_fits() -> None:
    cues = cues_of(LESSON)
    assert plain(cues) == LESSON
    assert_readable(cues, len(LESSON) / 14 + 0.5)


def test_cues_start_with_their_first_word() -> None:
    words = spoken_words(LESSON, 24)
    starts = {word.start_seconds: word.text for word in words}
    for cue in scene_cues(words, sentences_of(words), 24):
        assert cue.text.split()[0] == starts[cue.start_seconds]


def test_cues_end_where_sentences_and_clauses_do() -> None:
    ends = [cue.text[-1] for cue in cues_of(LESSON)]
    assert all(end in ".,:!" for end in ends)


def test_a_cue_is_neither_too_short_nor_too_long() -> None:
    for cue in cues_of(LESSON):
        assert 1 <= cue.end_seconds - cue.start_seconds <= MOST_SECONDS


def test_two_lines_are_of_like_length() -> None:
    upper, lower = in_lines("Look at a leaf closely: it is full of tiny green grains").split("\n")
    assert abs(len(upper) - len(lower)) <= 12


def test_short_gaps_are_closed_and_long_ones_are_not() -> None:
    words = (
        Word("First", 0.2, 2.0), Word("thing.", 2.0, 3.8),
        Word("Second", 4.2, 6.0), Word("thing.", 6.0, 7.8),
        Word("Third.", 10.0, 11.5),
    )  # fmt: skip
    first, second, third = scene_cues(words, ((0, 2), (2, 4), (4, 5)), 14)
    assert first.end_seconds == second.start_seconds
    assert second.end_seconds == pytest.approx(8.0)
    assert third.end_seconds == pytest.approx(11.7)


def test_a_long_pause_is_never_inside_a_cue() -> None:
    words = (Word("Wait", 0.0, 0.4), Word("here.", 3.0, 3.4))
    assert [cue.text for cue in scene_cues(words, ((0, 2),), 5)] == ["Wait", "here."]


@pytest.mark.parametrize(
    "text",
    [
        "Stop. [pause 0.8s] Go on.",
        "Stop.[pause 0.8s] Go on.",
        "Stop. [pause 0.8s]Go on.",
        "Stop. [ pause 0.8s ] Go on.",
        "Stop. [PAUSE 2] Go on.",
        "Stop. [pause 0.8s] [pause 1s] Go on.",
    ],
)
def test_pause_marks_are_never_shown(text: str) -> None:
    assert plain(cues_of(text)).split() == ["Stop.", "Go", "on."]


def test_a_sentence_ends_even_if_its_last_word_is_a_mark() -> None:
    words = spoken_words("Stop now. [pause 1s] Go on.", 6)
    cues = scene_cues(words, ((0, 4), (4, 6)), 6)
    assert plain(cues) == "Stop now. Go on."


def test_control_characters_are_dropped_and_joined_emoji_stay() -> None:
    assert plain(cues_of("One\x00two \x1b[31m 👩\u200d🔬 here.")) == "One two [31m 👩\u200d🔬 here."


def test_a_word_longer_than_a_line_is_divided() -> None:
    word = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"
    parts = split_long_word(word)
    assert all(len(part) <= LINE_CHARACTERS for part in parts)
    assert parts[0].endswith("-")
    assert "".join(part.removesuffix("-") for part in parts) == word


def test_an_address_is_divided_at_its_slashes() -> None:
    parts = split_long_word("https://example.org/a/very/long/path/to/some/page.html?query=1")
    assert parts[0].endswith("/")
    assert "".join(parts) == "https://example.org/a/very/long/path/to/some/page.html?query=1"


def test_accents_stay_with_their_letters() -> None:
    for part in split_long_word("e\u0301" * 60)[1:]:
        assert part[0] == "e"


def test_japanese_is_shown_in_lines_of_half_as_many_letters_and_without_hyphens() -> None:
    said = (
        "空はなぜ青いのでしょうか。太陽の光は白く見えますが、実は虹のすべての色が混ざっています。"
        "短い波は長い波よりもずっと多く散らされるので、空は青く見えるのです。"
    )
    cues = scene_cues([Word(said, 0.2, 12)], ((0, 1),), 12.7)
    lines = [line for cue in cues for line in cue.text.split("\n")]
    assert "".join(lines) == said
    assert all(columns(line) <= LINE_CHARACTERS for line in lines)
    assert not any(line[0] in NEVER_FIRST for line in lines)
    assert "".join(line[-1] for line in lines[:3]) == "。、。"


def test_japanese_without_any_mark_is_divided_before_a_whole_sound() -> None:
    parts = split_long_word("きょうはてんきがとてもよいのでそとにでてっとさけんだ")
    assert parts == ["きょうはてんきがとてもよいのでそとにで", "てっとさけんだ"]


@settings(max_examples=60, deadline=None)
@given(
    words=st.lists(
        st.text(st.characters(blacklist_categories=["Cs"]), min_size=1, max_size=70), max_size=40
    ),
    gaps=st.lists(st.floats(0, 4), min_size=40, max_size=40),
)
def test_any_words_make_readable_cues(words: list[str], gaps: list[float]) -> None:
    at, spoken = 0.0, []
    for text, gap in zip(words, gaps, strict=False):
        at += gap
        spoken.append(Word(text, at, at + 0.05 + 0.06 * len(text)))
        at = spoken[-1].end_seconds
    cues = scene_cues(spoken, sentences_of(spoken), at + 0.5)
    assert_readable(cues, at + 0.5)


def test_a_lesson_has_the_cues_of_its_scenes_moved_along(tmp_path: Path) -> None:
    scenes = [finished_scene(tmp_path, index, 50, "Plants make food.") for index in range(2)]
    cues = lesson_cues(scenes)
    assert [cue.start_seconds for cue in cues] == pytest.approx([0.2, 2.2])


def test_webvtt_can_be_read_and_markup_is_escaped() -> None:
    cues = [Cue("a < b\n& c --> d", 0.2, 1.5), Cue("End", 3661.0014, 3662)]
    text = webvtt(cues)
    assert "a &lt; b\n&amp; c --&gt; d" in text
    read = reader.from_string(text)
    assert [(c.start, c.end) for c in read] == [
        ("00:00:00.200", "00:00:01.500"),
        ("01:01:01.001", "01:01:02.000"),
    ]


def test_subrip_is_numbered_from_one() -> None:
    text = subrip([Cue("One", 0, 1), Cue("Two\nlines", 59.9999, 61)])
    assert text == (
        "1\n00:00:00,000 --> 00:00:01,000\nOne\n\n2\n00:01:00,000 --> 00:01:01,000\nTwo\nlines\n"
    )
    assert not re.search(r"<|>(?! )", text.replace("-->", ""))
