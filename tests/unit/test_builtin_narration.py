"""Where a narration is cut, and what of it is not spoken."""

import pytest

from deployments.zyphra.narration import Pause, Sentence, read_narration
from deployments.zyphra.sentences import LONGEST


def texts(narration: str) -> list[str]:
    return [part.text for part in read_narration(narration) if isinstance(part, Sentence)]


@pytest.mark.parametrize(
    ("narration", "sentences"),
    [
        ("One. Two! Three? Four… Five", ["One.", "Two!", "Three?", "Four…", "Five"]),
        ("Dr. Smith met Mr. Jones. They spoke.", ["Dr. Smith met Mr. Jones.", "They spoke."]),
        ("By J. K. Rowling. Read it.", ["By J. K. Rowling.", "Read it."]),
        ("In the U.S. Army at 7 p.m. sharp.", ["In the U.S. Army at 7 p.m. sharp."]),
        ("It opens at 7 p.m. The end.", ["It opens at 7 p.m.", "The end."]),
        ("Fruit, e.g. apples. See fig. 3.", ["Fruit, e.g. apples.", "See fig. 3."]),
        ("Was it No. 5? It was no. Really.", ["Was it No. 5?", "It was no.", "Really."]),
        ("On Jan. 5, 2024. It snowed.", ["On Jan. 5, 2024.", "It snowed."]),
        ("“Why?” he asked. “So.” She left.", ["“Why?” he asked.", "“So.”", "She left."]),
        ("1. First this. 2. Then that.", ["1. First this.", "2. Then that."]),
        ("It is 3.14. Yes.", ["It is 3.14.", "Yes."]),
        ("A wrapped\nline goes on.", ["A wrapped line goes on."]),
        ("A line.\nAnother", ["A line.", "Another"]),
        ("We need:\n- eggs\n- milk", ["We need:", "eggs", "milk"]),
        ("## Title\n\n**Bold** and *soft* `code`", ["Title", "Bold and soft code"]),
        ("See [the page](http://x.org/a).", ["See the page."]),
        ("3 * 4 * 5 is 60.", ["3 * 4 * 5 is 60."]),
        ("Fine 🙂. Good 👍🏽 dog 🇫🇷!", ["Fine.", "Good dog!"]),
        ("What?! ... Yes.", ["What?! ...", "Yes."]),
        ("— Hello.", ["— Hello."]),
        ("a\x00b\x07c\u200bd\ufeffe", ["abcde"]),
        ("windows\r\nlines\rend", ["windows lines end"]),
    ],
)
def test_sentences(narration: str, sentences: list[str]) -> None:
    assert texts(narration) == sentences


@pytest.mark.parametrize(
    ("mark", "seconds"),
    [
        ("[pause]", 0.5),
        ("[pause 0.8s]", 0.8),
        ("[pause 0,8 s]", 0.8),
        ("[pause 800ms]", 0.8),
        ("[PAUSE 2 sec]", 2.0),
        ("[pause: 1.5 seconds]", 1.5),
        ("[pause=.25]", 0.25),
        ("[ pause 10s ]", 10.0),
    ],
)
def test_pauses(mark: str, seconds: float) -> None:
    assert read_narration(f"One {mark} two") == (
        Sentence(("One",), 0.0),
        Pause(seconds),
        Sentence(("two",), 0.0),
    )


@pytest.mark.parametrize("mark", ["[pause", "pause]", "[pause soon]", "[pause -1s]", "[break 1s]"])
def test_what_is_no_pause_is_spoken(mark: str) -> None:
    assert texts(f"One {mark} two") == [f"One {mark} two"]


def test_a_pause_of_no_length_only_parts_the_words() -> None:
    assert read_narration("One [pause 0s] two") == (
        Sentence(("One",), 0.0),
        Sentence(("two",), 0.0),
    )


def test_paragraphs_rest_longer_than_sentences_and_the_end_not_at_all() -> None:
    rests = [
        part.pause_seconds
        for part in read_narration("One. Two.\n\nThree.")
        if isinstance(part, Sentence)
    ]
    assert rests == [0.35, 0.7, 0.0]


def test_long_sentences_are_cut_at_clauses() -> None:
    clause = "and so it went on for a while,"
    parts = [p for p in read_narration(" ".join([clause] * 40)) if isinstance(p, Sentence)]
    assert len(parts) > 4
    for part in parts:
        assert len(part.text) <= LONGEST
        assert part.text.endswith("while,")


def test_long_sentences_without_clauses_are_cut_at_words_and_lose_none() -> None:
    words = ["word"] * 500
    parts = [p for p in read_narration(" ".join(words)) if isinstance(p, Sentence)]
    assert all(len(part.text) <= LONGEST for part in parts)
    assert [word for part in parts for word in part.words] == words


def test_a_word_that_never_ends_is_cut() -> None:
    assert [len(text) for text in texts("x" * 700)] == [300, 300, 100]
