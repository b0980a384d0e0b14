"""Captions in the picture: where, when, how legible, and nothing else changed."""

from collections.abc import Iterator, Sequence
from typing import get_args
from uuid import UUID

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from pipeline.errors import CaptionsNotDrawable
from pipeline.lesson import Aspect, Cue, LessonSpec, Resolution, VideoSpec
from pipeline.media import letters
from pipeline.media.burn_in import burn_in, check_drawable
from pipeline.media.canvas import Canvas
from pipeline.media.colour import Nv12, luma_of, to_nv12
from serve.lessons import wrong_words

Luma = NDArray[np.uint8]
TWO_LINES = Cue(
    "Mitochondria make “energy” for a cell,\nand they do so day and night — always.", 0.2, 1.0
)
ONE_LINE = Cue("Light falls on the leaf.", 1.0, 1.6)
CUES = (TWO_LINES, ONE_LINE)
SIZE = (512, 512)


def still(frames: int, size: tuple[int, int] = SIZE, shade: int = 140) -> Iterator[Nv12]:
    """One picture, given again and again as an engine does."""
    picture = to_nv12(np.full((size[1], size[0], 3), shade, np.uint8))
    for _ in range(frames):
        yield picture


def shown(cues: Sequence[Cue], frames: int = 50, size: tuple[int, int] = SIZE) -> list[Luma]:
    return [luma_of(picture).copy() for picture in burn_in(still(frames, size), cues, size)]


def changed(picture: Luma, bare: Luma) -> NDArray[np.intp]:
    """Rows and columns of the pixels that differ: [2, n]."""
    return np.stack(np.nonzero(cv2.absdiff(picture, bare) > 6))


def test_a_cue_is_shown_from_its_start_to_its_end_and_not_a_picture_longer() -> None:
    pictures = shown(CUES)
    bare = [
        index for index, picture in enumerate(pictures) if not changed(picture, pictures[0]).size
    ]
    assert bare == [*range(5), *range(40, 50)]


def test_a_caption_does_not_flicker_and_gives_way_to_the_next_at_once() -> None:
    pictures = shown(CUES)
    assert all(np.array_equal(picture, pictures[5]) for picture in pictures[5:25])
    assert all(np.array_equal(picture, pictures[25]) for picture in pictures[25:40])
    assert not np.array_equal(pictures[24], pictures[25])


def test_without_captions_the_pictures_are_as_they_were() -> None:
    assert [id(picture) for picture in burn_in(still(1), (), SIZE)]
    assert all(np.array_equal(picture, shown(())[0]) for picture in shown((), 5))


def test_picture_is_given_back_to_its_owner_as_it_was() -> None:
    (picture,) = still(1)
    before = picture.copy()
    pictures = burn_in((picture for _ in range(30)), CUES, SIZE)
    for _ in pictures:
        pass
    assert np.array_equal(picture, before)


@pytest.mark.parametrize("resolution", get_args(Resolution))
@pytest.mark.parametrize("aspect", get_args(Aspect))
def test_caption_stands_in_the_middle_above_the_label_and_inside_the_frame(
    resolution: Resolution, aspect: Aspect
) -> None:
    size = VideoSpec(resolution=resolution, aspect=aspect).size
    wide = Cue("W" * 42 + "\n" + "W" * 42, 0, 1)
    label = np.nonzero(Canvas(size, "#808080").label("AI-generated"))[0].min()
    for cue in (TWO_LINES, ONE_LINE, wide):
        bare, captioned = shown([Cue(cue.text, 0.04, 1)], 2, size)
        rows, columns = changed(captioned, bare)
        assert 0.5 * size[1] < rows.min()
        assert rows.max() < label
        assert columns.min() >= 0.02 * size[0]
        assert columns.max() <= 0.98 * size[0]
        assert abs(columns.min() + columns.max() + 1 - size[0]) <= 4


@pytest.mark.parametrize("shade", [0, 140, 255])
def test_letters_are_white_on_dark_whatever_is_behind(shade: int) -> None:
    cue = moved(ONE_LINE)
    bare, captioned = (
        luma_of(next(burn_in(still(1, shade=shade), cues, SIZE))) for cues in ((), [cue])
    )
    rows, columns = changed(captioned, bare)
    plate = captioned[min(rows) : max(rows), min(columns) : max(columns)]
    assert plate.max() >= 230
    assert (plate > 200).mean() > 0.06
    assert np.median(plate) < 105


def test_two_lines_are_twice_as_high_as_one_and_letters_of_both_are_as_large() -> None:
    bare, two, one = (shown(cues, 2)[1] for cues in ((), [moved(TWO_LINES)], [moved(ONE_LINE)]))
    high, low = (np.ptp(changed(picture, bare)[0]) for picture in (two, one))
    assert 1.6 < high / low < 2.0


def moved(cue: Cue) -> Cue:
    return Cue(cue.text, 0, 1)


@pytest.mark.parametrize(
    "text",
    ["Grüße, ça va? Łódź", "Привет, мир", "Γειά σου", "Xin chào tiếng Việt", "1 × 2 ÷ 3 ≠ 4…"],
)
def test_european_letters_can_be_drawn(text: str) -> None:
    check_drawable([Cue(text, 0, 1)])


def test_letters_the_font_lacks_are_named_and_never_drawn_as_boxes() -> None:
    with pytest.raises(CaptionsNotDrawable, match="𒀀 𒀁") as refused:
        burn_in(still(1), [Cue("Hello 𒀁𒀀", 0, 1)], SIZE)
    assert "burn_in" in refused.value.advice


def test_where_there_is_no_font_for_them_chinese_letters_are_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(letters, "east_asian_file", lambda: None)
    with pytest.raises(CaptionsNotDrawable, match="日 本"):
        check_drawable([Cue("Hello 日本", 0, 1)])


@pytest.mark.skipif(letters.east_asian_file() is None, reason="needs Noto Sans CJK")
@pytest.mark.parametrize("text", ["空はなぜ青いのか", "天空为什么是蓝色的", "하늘은 왜 파란가"])
def test_where_there_is_a_font_for_them_each_language_is_drawn_among_latin_letters(
    text: str,
) -> None:
    bare, latin, mixed = (
        shown(cues, 1)[0] for cues in ((), [Cue("Light", 0, 1)], [Cue(f"Light {text}", 0, 1)])
    )
    widths = [np.ptp(changed(picture, bare)[1]) for picture in (latin, mixed)]
    assert widths[1] > 3 * widths[0]


@pytest.mark.skipif(letters.east_asian_file() is None, reason="needs Noto Sans CJK")
def test_the_same_letter_is_drawn_in_the_way_of_the_language_around_it() -> None:
    japanese, chinese = (letters.Lettering(40, sample) for sample in ("直す", "直接"))
    drawn = [np.zeros((60, 60), np.uint8) for _ in range(2)]
    for at, lettering in enumerate((japanese, chinese)):
        ink = Image.new("L", (60, 60))
        lettering.draw(ImageDraw.Draw(ink), 30, 50, "直")
        drawn[at] = np.asarray(ink)
    assert drawn[0].any()
    assert not np.array_equal(*drawn)


def test_marks_that_only_join_letters_are_left_out() -> None:
    plain, marked = (shown([Cue(text, 0, 1)], 1)[0] for text in ("café", "cafe\u0301\u200d\ufe0f"))
    assert np.array_equal(plain, marked)


def test_a_lesson_whose_letters_no_font_draws_is_refused_before_it_is_begun() -> None:
    def lesson(**given: object) -> LessonSpec:
        scenes = [{"narration": "Plain. [pause 1s]"}, {"narration": "And 𒀀."}]
        fields = {"title": "A", "portrait_id": UUID(int=1), "scenes": scenes, **given}
        return LessonSpec.model_validate(fields)

    assert list(wrong_words(lesson())) == []
    (wrong,) = wrong_words(lesson(captions={"burn_in": True}))
    assert (wrong.field, wrong.code) == ("scenes.1.narration", "captions_not_drawable")
    assert "𒀀. Leave the captions out" in wrong.message
