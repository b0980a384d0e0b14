from dataclasses import replace
from pathlib import Path

from pipeline.export.transcript import clock, passages, transcript_text
from pipeline.lesson import FinishedScene, Scene
from pipeline.media.timeline import Chapter, chapters, starts
from tests.media import sentences_of, spoken_words


def scene(index: int, title: str | None, seconds: float = 2.0) -> FinishedScene:
    words = spoken_words("Plants make food. [pause 1s] Really!", seconds)
    return FinishedScene(
        Scene(index, title, ""), Path(), Path(), seconds, words, sentences_of(words)
    )


def test_scenes_start_where_the_ones_before_end() -> None:
    assert starts([scene(0, None, 2.04), scene(1, None, 30)]) == [0, 2.04, 32.04]


def test_untitled_scenes_belong_to_the_chapter_before() -> None:
    scenes = [scene(0, None), scene(1, "Light"), scene(2, None), scene(3, "Sugar")]
    assert chapters(scenes, "Plants") == [
        Chapter("Plants", 0, 2),
        Chapter("Light", 2, 6),
        Chapter("Sugar", 6, 8),
    ]


def test_the_transcript_has_sentences_with_their_times() -> None:
    first, second = passages([scene(0, "Light"), scene(1, None)])
    assert [sentence.text for sentence in first.sentences] == ["Plants make food.", "Really!"]
    assert second.start_seconds == 2
    assert second.sentences[0].start_seconds == 2.2


def test_the_transcript_as_text() -> None:
    parts = passages([scene(0, "Light"), replace(scene(1, None, 3700))])
    assert transcript_text("Plants", "Made by AI.", parts) == (
        "Plants\n======\n\nMade by AI.\n\n"
        "[0:00] Light\nPlants make food. Really!\n\n"
        "[0:02]\nPlants make food. Really!\n"
    )


def test_clock() -> None:
    assert [clock(0), clock(59.9), clock(3661)] == ["0:00", "0:59", "1:01:01"]
