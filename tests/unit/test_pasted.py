"""A face drawn anew is put back where it came from, and nobody sees where it ends."""

from collections.abc import Iterable
from itertools import repeat
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from deployments import model_files
from deployments.kdtalker.cut import LEFT_EYE, MOUTH, RIGHT_EYE, square, to_shown
from deployments.kdtalker.face import Face, FaceFinder
from deployments.kdtalker.landmarks import INNER_LOWER_LIP, INNER_UPPER_LIP, OVAL
from deployments.kdtalker.pasted import Pasted
from deployments.kdtalker.soft_mask import soft_mask
from deployments.kdtalker.staging import set_stage
from pipeline.engines import VideoRequest
from pipeline.lesson import Speech, VideoSpec
from pipeline.media.colour import Nv12, Rgb, chroma_of, luma_of, to_rgb
from pipeline.media.picture import Rgba, read_picture
from tests.portraits import MODELS, drawing, photograph, png, silence

VECTORS = Path(__file__).parents[1] / "parity" / "kdtalker" / "crop.npz"
PORTRAITS = {"photograph": photograph, "drawing": drawing}
SIZES = [(r, a) for r in ("512", "720p", "1080p") for a in ("1:1", "16:9", "9:16")]
DECIBELS = 45
SPEECH = Speech(silence(0.4))
SLIDE = png(np.full((300, 400, 3), (30, 120, 60), np.uint8))
STRIPES = png(np.tile(np.array([(40, 90, 200), (220, 180, 40)], np.uint8), (64, 32, 1)))


@pytest.fixture(scope="module")
def faces() -> FaceFinder:
    model_files.pull(["puppet"], MODELS, on_progress=lambda _: None)
    return FaceFinder(MODELS)


@pytest.fixture(params=sorted(PORTRAITS))
def portrait(request: pytest.FixtureRequest) -> Rgba:
    return read_picture(PORTRAITS[request.param]())


def asked(layout: str = "presenter", label: bool = False, **video: object) -> VideoRequest:
    spec = VideoSpec.model_validate({"layout": layout, "label": label} | video)
    slide = SLIDE if "slide" in layout else None
    return VideoRequest(b"", SPEECH, spec, slide=slide)


def opaque(picture: Rgb) -> Rgba:
    return np.dstack([picture, np.full(picture.shape[:2], 255, np.uint8)])


def frames(pasted: Pasted, drawn: Iterable[Rgb]) -> list[Nv12]:
    return [picture.copy() for picture in pasted.pictures(drawn)]


def still(ask: VideoRequest, portrait: Rgba, face: Face) -> Nv12:
    return set_stage(ask, portrait, face).picture


def decibels(one: NDArray[np.uint8], other: NDArray[np.uint8], where: tuple[slice, ...]) -> float:
    error = np.square(one[where].astype(float) - other[where]).mean()
    return float(10 * np.log10(255**2 / max(error, 1e-9)))


def around(face: Face, ask: VideoRequest, portrait: Rgba) -> tuple[slice, ...]:
    """Rows and columns of the frame that the crop covers, even ones."""
    placed = set_stage(ask, portrait, face).placed
    assert placed is not None
    corners = np.array([[0, 0, 1], [512, 0, 1], [0, 512, 1], [512, 512, 1]])
    shown = (corners @ (to_shown(placed) @ square(face)).T)[:, :2]
    shown = shown + np.array([placed.at.left, placed.at.top])
    low = np.maximum(shown.min(0).astype(int), 0) // 2 * 2
    high = shown.max(0).astype(int) // 2 * 2
    return np.s_[low[1] : high[1], low[0] : high[0]]


def halves(where: tuple[slice, ...]) -> tuple[slice, ...]:
    return tuple(slice(each.start // 2, each.stop // 2) for each in where)


def astronaut_turned(degrees: float) -> Rgba:
    turn = cv2.getRotationMatrix2D((224, 120), degrees, 1)
    picture = read_picture(photograph())[..., :3]
    turned = cv2.warpAffine(picture, turn, (512, 512), borderMode=cv2.BORDER_REFLECT)
    return opaque(np.asarray(turned, np.uint8))


def lips(pasted_crop: Rgb, faces: FaceFinder) -> tuple[slice, ...]:
    points = faces.find_face(opaque(pasted_crop)).landmarks[[*INNER_UPPER_LIP, *INNER_LOWER_LIP]]
    (left, top), (right, bottom) = points[:, :2].min(0), points[:, :2].max(0)
    return np.s_[int(top) : int(bottom) + 1, int(left) : int(right) + 1]


@pytest.mark.parametrize("case", ["k0", "k1"])
def test_square_is_that_of_upstream_for_its_own_landmarks(case: str) -> None:
    vectors = np.load(VECTORS)
    known = vectors[f"{case}_lm68"]
    points = np.zeros((468, 3), np.float32)
    points[list(RIGHT_EYE), :2], points[list(LEFT_EYE), :2] = known[36:42], known[42:48]
    points[list(MOUTH), :2] = known[[48, 54]]
    matrix = square(Face(points, np.zeros((2, 2, 9, 2), np.float32), 0.0))
    corners = (np.array([[0, 0, 1], [512, 0, 1], [0, 512, 1], [512, 512, 1]]) @ matrix.T)[:, :2]
    box = np.hstack([corners.min(0), corners.max(0)])
    upstream = vectors[f"{case}_quad"] + np.tile(vectors[f"{case}_crop"][:2], 2)
    assert np.abs(box - upstream).max() <= 0.51  # upstream adds half a pixel


@pytest.mark.parametrize("degrees", [-18, 12])
def test_face_is_upright_and_of_the_same_size_in_the_crop_however_it_leans(
    faces: FaceFinder, degrees: float
) -> None:
    straight, leaning = astronaut_turned(0), astronaut_turned(degrees)
    crops = [Pasted(asked(), p, faces.find_face(p)).crop for p in (straight, leaning)]
    first, second = (faces.find_face(opaque(crop)) for crop in crops)
    assert abs(second.roll_degrees) < 2.5
    assert second.size == pytest.approx(first.size, rel=0.05)
    apart = np.abs(first.landmarks[:, :2].mean(0) - second.landmarks[:, :2].mean(0))
    assert apart.max() < 16


@pytest.mark.parametrize("layout", ["presenter", "presenter+slide"])
@pytest.mark.parametrize(("resolution", "aspect"), SIZES)
def test_crop_put_back_is_the_still_stage(
    faces: FaceFinder, portrait: Rgba, resolution: str, aspect: str, layout: str
) -> None:
    ask = asked(layout, resolution=resolution, aspect=aspect)
    face = faces.find_face(portrait)
    pasted = Pasted(ask, portrait, face)
    shown, before = frames(pasted, [pasted.crop])[0], still(ask, portrait, face)
    where = around(face, ask, portrait)
    assert decibels(luma_of(shown), luma_of(before), where) > DECIBELS
    assert decibels(chroma_of(shown), chroma_of(before), halves(where)) > DECIBELS
    assert np.abs(luma_of(shown).astype(int) - luma_of(before)).max() <= 3


def on_canvas(side: int, size: int, left: int, top: int) -> Rgba:
    """The astronaut ``size`` pixels large in a picture of ``side``."""
    small = cv2.resize(read_picture(photograph())[..., :3], (size, size))
    canvas = np.full((side, side, 3), 150, np.uint8)
    canvas[top : top + size, left : left + size] = small
    return opaque(canvas)


def cropped(top: int, bottom: int, left: int, right: int) -> Rgba:
    return np.ascontiguousarray(read_picture(photograph())[top:bottom, left:right])


AWKWARD = {
    "far away": lambda: on_canvas(1400, 640, 300, 700),
    "large": lambda: on_canvas(2400, 2400, 0, 0),
    "at the left rim": lambda: cropped(0, 512, 150, 512),
    "without a crown": lambda: cropped(60, 512, 0, 512),
    "down to the chin": lambda: cropped(0, 205, 0, 512),
    "nothing but a face": lambda: cropped(20, 210, 130, 310),
    "leaning": lambda: astronaut_turned(18),
}


@pytest.mark.parametrize("name", AWKWARD)
def test_awkward_portraits_are_put_back_as_well(faces: FaceFinder, name: str) -> None:
    ask, awkward = asked(resolution="720p", aspect="16:9"), AWKWARD[name]()
    face = faces.find_face(awkward)
    pasted = Pasted(ask, awkward, face)
    shown, lit = frames(pasted, [pasted.crop, 255 - pasted.crop])
    before = still(ask, awkward, face)
    assert decibels(luma_of(shown), luma_of(before), around(face, ask, awkward)) > DECIBELS
    inside = np.zeros(luma_of(before).shape, bool)
    inside[around(face, ask, awkward)] = True
    assert np.array_equal(luma_of(lit)[~inside], luma_of(before)[~inside])
    assert (luma_of(lit)[inside] != luma_of(before)[inside]).mean() > 0.3


def test_changed_mouth_changes_the_mouth_only(faces: FaceFinder, portrait: Rgba) -> None:
    ask = asked(resolution="720p", aspect="16:9")
    pasted = Pasted(ask, portrait, faces.find_face(portrait))
    spoken, mouth = pasted.crop.copy(), lips(pasted.crop, faces)
    spoken[mouth] = 20
    rest, shown = frames(pasted, [pasted.crop, spoken])
    change = np.abs(luma_of(shown).astype(int) - luma_of(rest))
    rows, columns = np.nonzero(change > 4)
    assert change.max() > 60
    width, height = mouth[1].stop - mouth[1].start, mouth[0].stop - mouth[0].start
    scale = around(faces.find_face(portrait), ask, portrait)
    zoom = (scale[1].stop - scale[1].start) / 512
    # detail of the portrait gives way a little around what moves
    assert np.ptp(columns) < (width + 40) * zoom
    assert np.ptp(rows) < (height + 40) * zoom


def test_nothing_at_the_edge_of_the_crop_is_shown(faces: FaceFinder, portrait: Rgba) -> None:
    pasted = Pasted(asked(resolution="1080p"), portrait, faces.find_face(portrait))
    framed = pasted.crop.copy()
    framed[:2], framed[-2:], framed[:, :2], framed[:, -2:] = 255, 0, 0, 255
    rest, shown = frames(pasted, [pasted.crop, framed])
    # some of the portrait's detail may go
    assert np.abs(luma_of(shown).astype(int) - luma_of(rest)).max() <= 12


def test_no_seam_is_seen_round_a_face_that_grows_darker(faces: FaceFinder, portrait: Rgba) -> None:
    ask = asked(resolution="720p", aspect="16:9")
    face = faces.find_face(portrait)
    pasted = Pasted(ask, portrait, face)
    bright = np.maximum(pasted.crop, 40)
    rest, shown = (
        luma_of(picture).astype(np.float32) for picture in frames(pasted, [bright, bright - 40])
    )
    # but for what of the portrait's detail goes with the change
    change = cv2.GaussianBlur(rest - shown, (0, 0), 2)
    assert change.max() > 25
    assert np.abs(np.diff(change, axis=0)).max() < 4
    assert np.abs(np.diff(change, axis=1)).max() < 4


@pytest.mark.parametrize(
    ("gain", "tint"), [(1.03, (0, 0, 0)), (0.96, (4, 0, -4)), (1.0, (8, 0, -6))]
)
def test_shade_of_a_drawn_face_is_evened_out(
    faces: FaceFinder, portrait: Rgba, gain: float, tint: tuple[int, int, int]
) -> None:
    ask = asked(resolution="720p", aspect="16:9")
    face = faces.find_face(portrait)
    pasted = Pasted(ask, portrait, face)
    drawn = np.clip(pasted.crop * gain + np.array(tint), 0, 255).astype(np.uint8)
    where = around(face, ask, portrait)
    shown = to_rgb(frames(pasted, [drawn])[0])[where].astype(float)
    before = to_rgb(still(ask, portrait, face))[where].astype(float)
    was = np.abs(drawn.astype(float) - pasted.crop).mean()
    assert np.abs((shown - before).mean((0, 1))).max() < 0.8
    assert np.abs(shown - before).mean() < 0.45 * was


def test_face_that_is_moved_from_the_start_keeps_its_shades(
    faces: FaceFinder, portrait: Rgba
) -> None:
    ask = asked(resolution="720p", aspect="16:9")
    pasted = Pasted(ask, portrait, faces.find_face(portrait))
    moved = np.roll(pasted.crop, (10, 14), (0, 1))
    at_once = frames(pasted, [moved])[0]
    later = frames(Pasted(ask, portrait, faces.find_face(portrait)), [pasted.crop, moved])[1]
    apart = luma_of(at_once).astype(np.float32) - luma_of(later)
    assert np.abs(cv2.GaussianBlur(apart, (0, 0), 12)).max() < 6


def test_detail_stays_where_nothing_moves_and_goes_where_something_does(
    faces: FaceFinder,
) -> None:
    portrait, ask = read_picture(drawing()), asked(resolution="1080p")
    face = faces.find_face(portrait)
    pasted = Pasted(ask, portrait, face)
    spoken = pasted.crop.copy()
    spoken[lips(pasted.crop, faces)] //= 2
    rest, shown = frames(pasted, [pasted.crop, spoken])
    change = np.abs(luma_of(shown).astype(int) - luma_of(rest))
    where = around(face, ask, portrait)
    upper = np.s_[where[0].start : (where[0].start + where[0].stop) // 2, where[1]]
    assert change[upper].max() == 0
    assert change[where].max() > 20


def test_label_and_slide_stay_on_top(faces: FaceFinder, portrait: Rgba) -> None:
    for layout in ("presenter", "presenter+slide"):
        ask = asked(layout, label=True, resolution="720p", aspect="9:16")
        face = faces.find_face(portrait)
        pasted = Pasted(ask, portrait, face)
        before = still(ask, portrait, face)
        white = np.full_like(pasted.crop, 255)
        shown = frames(pasted, [pasted.crop, white])[1]
        assert np.array_equal(luma_of(shown)[-90:-20, 20:180], luma_of(before)[-90:-20, 20:180])
        if "slide" in layout:
            green = np.abs(to_rgb(before).astype(int) - (30, 120, 60)).max(-1) < 12
            assert green.sum() > 100_000
            assert np.array_equal(luma_of(shown)[green], luma_of(before)[green])


def test_slide_alone_stays_still_whatever_is_drawn(faces: FaceFinder, portrait: Rgba) -> None:
    ask = asked("slide")
    face = faces.find_face(portrait)
    pasted = Pasted(ask, portrait, face)
    assert not pasted.shows_face
    assert pasted.crop.shape == (512, 512, 3)
    shown = frames(pasted, repeat(pasted.crop, 3))
    assert len(shown) == 3
    assert all(np.array_equal(picture, still(ask, portrait, face)) for picture in shown)


def test_what_is_cut_out_is_looked_at_before_what_it_stands_before(faces: FaceFinder) -> None:
    portrait, ask = read_picture(drawing()), asked(background="#20c060")
    pasted = Pasted(ask, portrait, faces.find_face(portrait))
    assert pasted.shows_face
    corner = pasted.crop[20:60, 12:40].reshape(-1, 3).astype(int)
    assert np.abs(corner - (0x20, 0xC0, 0x60)).max() < 8


def test_head_that_turns_stays_inside_the_mask(faces: FaceFinder, portrait: Rgba) -> None:
    face = faces.find_face(portrait)
    matrix = square(face)
    points = cv2.transform(face.landmarks[None, :, :2], np.linalg.inv(matrix)[:2])[0]
    mask = soft_mask(np.asarray(points), matrix, (portrait.shape[1], portrait.shape[0]))
    middle = points[list(OVAL)].mean(0)
    depth = face.landmarks[:, 2] / np.linalg.norm(matrix[:2, 0])
    for degrees in (-20, 0, 20):
        angle = np.radians(degrees)
        across = (points[:, 0] - middle[0]) * np.cos(angle) - depth * np.sin(angle)
        turned = np.column_stack([across + middle[0], points[:, 1]]).astype(int)
        assert mask[turned[:, 1], turned[:, 0]].min() > 0.9
    assert mask.max() == 1
    assert not mask[[0, -1]].any()
    assert not mask[:, [0, -1]].any()
    assert max(np.abs(np.diff(mask, axis=axis)).max() for axis in (0, 1)) < 0.08


def test_pictures_are_one_array_and_as_many_as_the_faces(faces: FaceFinder) -> None:
    portrait = read_picture(photograph())
    pasted = Pasted(asked(), portrait, faces.find_face(portrait))
    seen = [id(picture) for picture in pasted.pictures(repeat(pasted.crop, 7))]
    assert len(seen) == 7
    assert len(set(seen)) == 1
    assert not list(pasted.pictures([]))
