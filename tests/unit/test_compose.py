"""Layouts, and pictures of the stage."""

from typing import get_args

import numpy as np
import pytest

from pipeline.lesson import Aspect, Cue, Layout, Resolution, VideoSpec
from pipeline.media.burn_in import burn_in
from pipeline.media.colour import Rgb, to_rgb
from pipeline.media.compose import Stage
from pipeline.media.layout import Rect, Sitter, plan
from pipeline.media.picture import Rgba

SLIDE = (1600, 900)
FACE = (180, 60, 320, 240)
RED, BLUE, GREEN = (220, 40, 40), (40, 60, 200), (30, 160, 60)
GROUND = "#f4f1ea"
ASPECTS, LAYOUTS = get_args(Aspect), get_args(Layout)


def plain(width: int, height: int, colour: tuple[int, int, int]) -> Rgba:
    return np.full((height, width, 4), (*colour, 255), np.uint8)


def figure() -> Rgba:
    """A red bust on nothing: the upper corners are see-through."""
    picture = plain(512, 512, RED)
    picture[:, :120, 3] = picture[:, -120:, 3] = 0
    return picture


def stage(portrait: Rgba | None = None, slide: bool = False, **video: object) -> Stage:
    shown = plain(*SLIDE, BLUE) if slide else None
    portrait = plain(512, 512, RED) if portrait is None else portrait
    return Stage(VideoSpec.model_validate(video), portrait, FACE, None, shown)


def near(picture: Rgb, colour: tuple[int, int, int]) -> float:
    """The part of the picture that has this colour."""
    return float((np.abs(picture.astype(int) - colour).max(-1) < 14).mean())


@pytest.mark.parametrize("resolution", get_args(Resolution))
@pytest.mark.parametrize("aspect", ASPECTS)
def test_frame_has_the_size_asked_for(resolution: Resolution, aspect: Aspect) -> None:
    video = VideoSpec(resolution=resolution, aspect=aspect)
    made = Stage(video, plain(512, 512, RED), FACE)
    assert to_rgb(made.picture).shape[1::-1] == video.size


@pytest.mark.parametrize("aspect", ASPECTS)
@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("cut_out", [False, True])
@pytest.mark.parametrize("size", [(512, 512), (1200, 800), (600, 1500)])
def test_everything_stands_inside_the_frame_and_apart(
    aspect: Aspect, layout: Layout, cut_out: bool, size: tuple[int, int]
) -> None:
    video = VideoSpec(aspect=aspect, layout=layout)
    sitter = Sitter(*size, Rect(200, 100, 140, 180), cut_out)
    made = plan(video, sitter, SLIDE)
    shown = [made.presenter.at] if made.presenter else []
    shown += [made.slide] if made.slide else []
    for rect in shown:
        assert min(rect.left, rect.top) >= 0
        assert rect.right <= video.size[0]
        assert rect.bottom <= video.size[1]
        assert all(side % 2 == 0 for side in (rect.left, rect.top, rect.width, rect.height))
    if made.presenter and made.slide:
        one, other = shown
        assert one.left >= other.right or one.top >= other.bottom
    if made.presenter:
        crop = made.presenter.crop
        assert min(crop.left, crop.top) >= 0
        assert crop.right <= size[0] + 1e-6
        assert crop.bottom <= size[1] + 1e-6
        scale = made.presenter.at.width / crop.width
        assert made.presenter.at.height / crop.height == pytest.approx(scale, rel=0.02)


@pytest.mark.parametrize("aspect", ASPECTS)
def test_face_is_never_cropped(aspect: Aspect) -> None:
    for layout in ("presenter", "presenter+slide"):
        sitter = Sitter(1500, 1000, Rect(1100, 200, 200, 260), False)
        made = plan(VideoSpec(aspect=aspect, layout=layout), sitter, SLIDE).presenter
        assert made is not None
        assert made.crop.left <= sitter.face.left
        assert made.crop.right >= sitter.face.right
        assert made.crop.top <= sitter.face.top
        assert made.crop.bottom >= sitter.face.bottom


@pytest.mark.parametrize(
    ("aspect", "sitter"),
    [
        ("9:16", Sitter(2000, 560, Rect(400, 70, 110, 150), False)),
        ("16:9", Sitter(512, 1900, Rect(180, 370, 80, 110), False)),
    ],
)
def test_face_of_a_photograph_like_a_strip_is_large_enough(aspect: Aspect, sitter: Sitter) -> None:
    made = plan(VideoSpec(aspect=aspect), sitter, None).presenter
    assert made is not None
    assert made.at.width / made.crop.width * sitter.face.height > 0.2 * 512


def test_photograph_of_the_frames_shape_fills_it() -> None:
    assert near(to_rgb(stage(label=False).picture), RED) == 1


def test_square_photograph_in_a_wide_frame_is_a_card_on_the_background() -> None:
    picture = to_rgb(stage(label=False, aspect="16:9", background="#1f4e5f").picture)
    assert near(picture[:, :40], (0x1F, 0x4E, 0x5F)) > 0.95
    assert near(picture[200:300, 300:600], RED) == 1
    card = stage(label=False, aspect="16:9").placed
    assert card is not None
    corner = picture[int(card.at.top), int(card.at.left)]
    assert near(corner[None, None], RED) == 0


def test_figure_without_ground_stands_before_the_background() -> None:
    picture = to_rgb(stage(figure(), label=False, background="#1f4e5f").picture)
    assert near(picture[:200, :80], (0x1F, 0x4E, 0x5F)) > 0.99
    assert near(picture[-40:, 200:312], RED) == 1


def padded(above: int, beside: int, below: int) -> tuple[Rgba, tuple[int, int, int, int]]:
    """The bust with empty space round it, and where its face is then."""
    portrait = np.pad(figure(), ((above, below), (beside, beside), (0, 0)))
    left, top, right, bottom = FACE
    return portrait, (left + beside, top + above, right + beside, bottom + above)


@pytest.mark.parametrize("layout", ["presenter", "presenter+slide"])
@pytest.mark.parametrize("aspect", ASPECTS)
def test_empty_space_round_a_figure_makes_it_neither_small_nor_float(
    aspect: Aspect, layout: Layout
) -> None:
    video = VideoSpec(aspect=aspect, layout=layout, background="#1f4e5f", label=False)
    close, far = (
        to_rgb(Stage(video, *padded(*space), slide=plain(*SLIDE, BLUE)).picture)
        for space in ((100, 100, 0), (500, 900, 300))
    )
    assert np.array_equal(close, far)


def test_figure_in_much_empty_space_stands_on_the_lower_edge() -> None:
    video = VideoSpec(background="#1f4e5f", label=False)
    picture = to_rgb(Stage(video, *padded(500, 900, 300)).picture)
    assert near(picture[-8:], RED) > 0.4
    assert near(picture[:8], (0x1F, 0x4E, 0x5F)) == 1


def test_nothing_darkens_what_is_seen_through_a_slide() -> None:
    clear = plain(*SLIDE, BLUE)
    clear[:, :800, 3] = 0
    video = VideoSpec(layout="slide", aspect="16:9", label=False, background=GROUND)
    picture = to_rgb(Stage(video, plain(512, 512, RED), FACE, None, clear).picture)
    assert near(picture[:, :440], (0xF4, 0xF1, 0xEA)) == 1
    assert near(picture[:, -440:], BLUE) > 0.99


def test_slide_layout_shows_the_slide_alone() -> None:
    made = stage(slide=True, layout="slide", label=False, aspect="16:9")
    assert made.placed is None
    assert near(to_rgb(made.picture), BLUE) > 0.95


def test_slide_and_presenter_are_both_seen() -> None:
    picture = to_rgb(stage(slide=True, layout="presenter+slide", aspect="16:9").picture)
    assert near(picture, BLUE) > 0.4
    assert 0.05 < near(picture, RED) < 0.2


@pytest.mark.parametrize("layout", LAYOUTS)
def test_without_a_slide_every_layout_shows_the_presenter(layout: Layout) -> None:
    picture = to_rgb(stage(layout=layout, label=False).picture)
    assert near(picture, RED) == 1


@pytest.mark.parametrize("aspect", ASPECTS)
def test_label_changes_only_the_lower_left_corner(aspect: Aspect) -> None:
    without = to_rgb(stage(aspect=aspect, label=False).picture).astype(int)
    labelled = to_rgb(stage(aspect=aspect).picture).astype(int)
    rows, columns = np.nonzero(np.abs(labelled - without).max(-1) > 8)
    height, width = without.shape[:2]
    assert len(rows) > 500
    assert rows.min() > 0.9 * height
    assert columns.max() < 0.35 * width
    assert labelled[rows, columns].max() > 220


@pytest.mark.parametrize("aspect", ASPECTS)
@pytest.mark.parametrize("slide", [None, (1600, 900), (800, 600), (600, 1200)])
def test_captions_do_not_cover_the_mouth(aspect: Aspect, slide: tuple[int, int] | None) -> None:
    video = VideoSpec(aspect=aspect, layout="presenter+slide")
    portrait = plain(512, 512, RED)
    portrait[185:205, 220:280, :3] = GREEN
    shown = None if slide is None else plain(*slide, BLUE)
    made = Stage(video, portrait, FACE, slide=shown, captioned=True)
    lines = Cue(
        "Two lines of captions as long as these\nare the most that is ever shown at once", 0, 1
    )
    mouth = near(to_rgb(made.picture), GREEN)
    captioned = next(burn_in([made.picture], [lines], video.size))
    assert near(to_rgb(captioned), GREEN) == mouth > 0


def test_label_stays_over_a_presenter_that_moves() -> None:
    made = stage()
    before = made.picture.copy()
    presenter = made.presenter
    assert presenter is not None
    made.window(0, 0, 512, 512).show(presenter)
    assert np.array_equal(made.picture, before)


@pytest.mark.parametrize("portrait", [plain(512, 512, RED), figure()])
def test_part_of_a_presenter_is_drawn_as_the_whole_was(portrait: Rgba) -> None:
    made = stage(portrait, slide=True, layout="presenter+slide", aspect="9:16")
    assert made.presenter is not None
    before = made.picture.copy()
    made.picture[:] = 0
    placed = made.placed
    assert placed is not None
    width, height = int(placed.at.width), int(placed.at.height)
    for left in range(0, width, 96):
        part = (left, 0, min(96, width - left), height)
        made.window(*part).show(made.presenter.part(*part))
    x, y = int(placed.at.left), int(placed.at.top)
    assert np.array_equal(made.picture[y : y + height, x : x + width],
                          before[y : y + height, x : x + width])  # fmt: skip


def test_background_picture_fills_the_frame() -> None:
    made = Stage(VideoSpec(aspect="16:9", label=False), figure(), FACE, plain(300, 300, GREEN))
    assert near(to_rgb(made.picture)[:, :100], GREEN) == 1
