"""The puppet says what is said, blinks, keeps its body still, and ends as it began."""

import asyncio
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from deployments import model_files
from deployments.kdtalker.face import FaceFinder
from deployments.kdtalker.field import Patch
from deployments.kdtalker.landmarks import (
    CHIN,
    INNER_LOWER_LIP,
    INNER_UPPER_LIP,
    OUTER_UPPER_LIP,
    UNDER_NOSE,
)
from deployments.kdtalker.loudness import Loudness
from deployments.kdtalker.motion import BLINK, blink_track, head_track, presence
from deployments.kdtalker.puppet import Puppet, tracks
from deployments.kdtalker.regions import Region
from deployments.kdtalker.visemes import MOVES, SHAPES, mouth_track
from pipeline.engines import VideoRequest
from pipeline.lesson import Phoneme, Speech, VideoSpec
from pipeline.media.colour import Rgb, luma_of, to_rgb
from pipeline.media.compose import Planes, Stage
from pipeline.media.picture import Rgba, read_picture
from tests.portraits import MODELS, drawing, hum, photograph, png, silence, spoken

MISAKI = "AIOQWYbdfhijklmnpstuvwzæðŋɑɐɒɔəɚɛɜɡɪɹɾʃʊʌʒʤʧθᵊᵻaoT"
PORTRAITS = {"photograph": photograph, "drawing": drawing}


@pytest.fixture(scope="module")
def faces() -> FaceFinder:
    model_files.pull(["puppet"], MODELS, on_progress=lambda _: None)
    return FaceFinder(MODELS)


@pytest.fixture(scope="module")
def puppet(faces: FaceFinder) -> Puppet:
    assert not faces.missing
    return Puppet(MODELS)


@pytest.fixture(params=sorted(PORTRAITS))
def portrait(request: pytest.FixtureRequest) -> bytes:
    return PORTRAITS[request.param]()


def shown(puppet: Puppet, portrait: bytes, speech: Speech, **video: object) -> list[Rgb]:
    spec = VideoSpec.model_validate({"label": False} | video)
    return [to_rgb(picture) for picture in puppet.pictures(VideoRequest(portrait, speech, spec))]


def track(symbols: str, each: float = 0.25) -> NDArray[np.float32]:
    speech = spoken(symbols, each)
    return np.asarray(mouth_track(speech, Loudness(speech.samples)), np.float32)


def move(moves: NDArray[np.float32], name: str) -> NDArray[np.float32]:
    return np.asarray(moves[:, MOVES.index(name)])


def lips(faces: FaceFinder, picture: Rgb) -> tuple[float, float]:
    """How far the lips are parted and how wide the mouth is, in noses to chin, as measured."""
    opaque: Rgba = np.dstack([picture, np.full(picture.shape[:2], 255, np.uint8)])
    points = faces.find_face(opaque).landmarks[:, :2]
    unit = np.linalg.norm(points[CHIN] - points[UNDER_NOSE])
    gap = points[INNER_LOWER_LIP[5]] - points[INNER_UPPER_LIP[5]]
    width = points[OUTER_UPPER_LIP[0]] - points[OUTER_UPPER_LIP[-1]]
    return float(np.linalg.norm(gap) / unit), float(np.linalg.norm(width) / unit)


def eyes(faces: FaceFinder) -> NDArray[np.intp]:
    """The box of each eye of the drawing at half its size: [2, 4]."""
    lids = faces.find_face(read_picture(drawing())).lids / 2
    return np.hstack([lids.min((1, 2)) - 2, lids.max((1, 2)) + 2]).astype(int)


def white(picture: Rgb) -> int:
    """Pixels that are bright and of no colour."""
    return int(((picture.min(-1) > 150) & (np.ptp(picture, axis=-1) < 45)).sum())


def bright(picture: Rgb) -> NDArray[np.bool_]:
    return np.asarray((picture.min(-1) > 150) & (np.ptp(picture, axis=-1) < 60))


def mouth_of(faces: FaceFinder, picture: Rgb) -> Rgb:
    """The box of the mouth, as found in the picture."""
    opaque: Rgba = np.dstack([picture, np.full(picture.shape[:2], 255, np.uint8)])
    points = faces.find_face(opaque).landmarks[[*INNER_UPPER_LIP, *INNER_LOWER_LIP], :2]
    (left, top), (right, bottom) = points.min(0).astype(int), points.max(0).astype(int) + 1
    return picture[top:bottom, left:right]


def at(pictures: list[Rgb], seconds: float) -> Rgb:
    return pictures[round(seconds * 25)]


def test_scene_begins_and_ends_in_the_portraits_own_pose(
    puppet: Puppet, faces: FaceFinder, portrait: bytes
) -> None:
    speech = spoken("pɑsimu")
    still = read_picture(portrait)
    stage = Stage(VideoSpec(label=False), still, faces.find_face(still).box)
    pictures = shown(puppet, portrait, speech)
    assert len(pictures) == speech.frames
    assert np.array_equal(pictures[0], to_rgb(stage.picture))
    assert np.array_equal(pictures[-1], pictures[0])


def test_lips_part_for_vowels_and_meet_for_silence(
    puppet: Puppet, faces: FaceFinder, portrait: bytes
) -> None:
    speech = Speech(
        np.concatenate([silence(1), hum(0.4), silence(1.2), hum(0.4), silence(1)]),
        (),
        (Phoneme("ɑ", 1.0, 1.4), Phoneme("æ", 2.6, 3.0)),
    )
    pictures = shown(puppet, portrait, speech)
    closed = lips(faces, at(pictures, 2.0))[0]
    for vowel in (1.2, 2.8):
        assert lips(faces, at(pictures, vowel))[0] > closed + 0.06


def test_lips_meet_for_p_between_open_vowels(
    puppet: Puppet, faces: FaceFinder, portrait: bytes
) -> None:
    pictures = shown(puppet, portrait, spoken("ɑpɑ", each=0.2, before=1.0))
    opened, closed = lips(faces, at(pictures, 1.08))[0], lips(faces, at(pictures, 1.28))[0]
    assert opened > closed + 0.05


def test_mouth_is_narrower_for_u_than_for_i(
    puppet: Puppet, faces: FaceFinder, portrait: bytes
) -> None:
    pictures = shown(puppet, portrait, spoken("iu", each=0.5, before=1.0))
    wide, narrow = lips(faces, at(pictures, 1.24))[1], lips(faces, at(pictures, 1.76))[1]
    assert narrow < 0.94 * wide


def test_body_stays_still_while_the_head_moves(puppet: Puppet, portrait: bytes) -> None:
    pictures = shown(puppet, portrait, spoken("sɑmiku" * 3))
    change = np.stack([np.abs(p.astype(int) - pictures[0]).max(-1) for p in pictures[15:-15:5]])
    assert change[:, -20:].max() == 0
    assert change[:, 60:240, 150:362].mean() > 1


def test_drawing_only_what_moves_and_is_seen_changes_no_pixel(
    puppet: Puppet, portrait: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    def whole(_portrait: Planes, patch: Patch, _reach: object) -> tuple[Region, ...]:
        return (Region(patch, solid=False),)

    speech = spoken("sɑmiku" * 3, each=0.15)
    parts = shown(puppet, portrait, speech)
    monkeypatch.setattr("deployments.kdtalker.head.regions", whole)
    assert all(map(np.array_equal, parts, shown(puppet, portrait, speech)))


def test_edges_of_the_picture_stay_where_they_are(puppet: Puppet) -> None:
    pictures = shown(puppet, photograph(), spoken("sɑmiku" * 3))
    for picture in pictures[::7]:
        for edge in (np.s_[:, :2], np.s_[:, -2:], np.s_[-2:]):
            assert np.array_equal(picture[edge], pictures[0][edge])


def test_blink_covers_the_eyes_with_skin(puppet: Puppet, faces: FaceFinder) -> None:
    speech = spoken("mmmmmmmmmmmm")
    shut = tracks(VideoRequest(drawing(), speech, VideoSpec()))[2]
    first = int(np.flatnonzero(shut == 1)[0])
    pictures = shown(puppet, drawing(), speech)
    for left, top, right, bottom in eyes(faces):
        eye = np.s_[top:bottom, left:right]
        open_, closed = white(pictures[first - 8][eye]), white(pictures[first][eye])
        assert open_ > 20
        assert closed < 0.05 * open_


def test_no_white_is_seen_between_closed_lids(puppet: Puppet, faces: FaceFinder) -> None:
    speech = spoken("mmmmmmmmmmmm")
    ask = VideoRequest(drawing(), speech, VideoSpec(resolution="1080p", label=False))
    first = int(np.flatnonzero(tracks(ask)[2] == 1)[0])
    shut = to_rgb(next(islice(puppet.pictures(ask), first, None)))
    for left, top, right, bottom in eyes(faces) * 1080 // 512:
        beside = (right - left) // 5
        assert white(shut[top:bottom, left - beside : right + beside]) < 4


def test_rounded_lips_hide_the_teeth_that_spread_lips_show(
    puppet: Puppet, faces: FaceFinder
) -> None:
    pictures = shown(puppet, drawing(), spoken("æwæw", each=0.4))
    spread, rounded = (mouth_of(faces, at(pictures, seconds)) for seconds in (0.8, 1.2))
    assert white(spread) > 25
    assert white(rounded) < 0.1 * white(spread)


def test_teeth_are_warm_and_bright(puppet: Puppet, faces: FaceFinder) -> None:
    pictures = shown(puppet, drawing(), spoken("ææ", each=0.4))
    mouth = mouth_of(faces, at(pictures, 1.0))
    teeth = np.median(mouth[bright(mouth)], axis=0)
    assert teeth.min() > 170
    assert 5 < teeth[0] - teeth[2] < 60


def test_scenes_of_a_lesson_do_not_begin_with_the_same_nod() -> None:
    def movement(symbols: str, seed: int = 0) -> NDArray[np.float32]:
        ask = VideoRequest(b"", spoken(symbols), VideoSpec(), seed=seed)
        return np.asarray(tracks(ask)[1][:40], np.float32)

    assert np.array_equal(movement("sɑmi"), movement("sɑmi"))
    assert np.abs(movement("sɑmi") - movement("sɑmik")).max() > 0.5
    assert np.abs(movement("sɑmi") - movement("sɑmi", seed=1)).max() > 0.5


def test_slide_alone_is_a_still_as_long_as_the_speech(puppet: Puppet) -> None:
    slide = png(np.full((300, 400, 3), 200, np.uint8))
    ask = VideoRequest(drawing(), spoken("ɑ"), VideoSpec(layout="slide"), None, slide)
    pictures = [to_rgb(picture) for picture in puppet.pictures(ask)]
    assert len(pictures) == ask.speech.frames
    assert all(np.array_equal(picture, pictures[0]) for picture in pictures)


def test_pictures_need_no_memory_of_their_own(puppet: Puppet) -> None:
    ask = VideoRequest(drawing(), spoken("ɑmi"), VideoSpec())
    assert len({id(picture) for picture in puppet.pictures(ask)}) == 1


def test_seed_changes_the_movement_and_nothing_else_does(puppet: Puppet) -> None:
    def last_but_some(seed: int) -> Rgb:
        ask = VideoRequest(drawing(), spoken("ɑmi"), VideoSpec(), seed=seed)
        pictures: Iterator[NDArray[np.uint8]] = puppet.pictures(ask)
        return [luma_of(picture).copy() for picture in pictures][20]

    assert np.array_equal(last_but_some(1), last_but_some(1))
    assert not np.array_equal(last_but_some(1), last_but_some(2))


def test_card_says_what_to_do_when_the_models_are_not_there(tmp_path: Path) -> None:
    ask = VideoRequest(drawing(), spoken("ɑ"), VideoSpec())
    card = asyncio.run(Puppet(tmp_path).card(ask))
    assert card.missing == "its model files; run `lectern models pull puppet`"


@pytest.mark.parametrize("symbol", MISAKI)
def test_every_phoneme_of_the_voice_has_a_shape(symbol: str) -> None:
    known = track(symbol, each=0.4)
    unknown = track("☃", each=0.4)
    assert not np.array_equal(known, unknown)


def test_unknown_phonemes_open_the_mouth_by_ear() -> None:
    assert move(track("☃☃"), "jaw").max() > 0.3


def test_speech_without_timings_opens_the_mouth_where_it_is_loud() -> None:
    sound = np.concatenate([silence(1), hum(1), silence(1)])
    jaw = move(mouth_track(Speech(sound), Loudness(sound)), "jaw")
    assert jaw[30:45].min() > 0.3
    assert jaw[5:18].max() < 0.02
    assert jaw[57:70].max() < 0.02


def test_consonants_take_on_the_roundness_of_their_vowel() -> None:
    beside_u, beside_i = (move(track(f"{v}k{v}", each=0.1), "round")[19:22] for v in "ui")
    assert beside_u.min() > beside_i.max() + 0.3


def test_mouth_is_at_rest_in_the_first_and_last_picture_whatever_is_said() -> None:
    speech = spoken("ɑɑɑ", before=0, after=0)
    moves = mouth_track(speech, Loudness(speech.samples))
    assert not moves[[0, -1]].any()
    assert move(moves, "jaw").max() > 0.5


def test_shapes_stay_within_what_a_mouth_can_do() -> None:
    moves = track("".join(SHAPES), each=0.08)
    assert np.abs(moves).max() <= 1.1
    assert np.abs(np.diff(moves, axis=0)).max() < 0.75


@pytest.mark.parametrize("frames", [1, 2, 3, 10, 100])
def test_presence_is_nought_at_both_ends(frames: int) -> None:
    present = presence(frames, 2.0)
    assert len(present) == frames
    assert present[0] == present[-1] == 0
    assert (present >= 0).all()


def test_head_moves_smoothly_and_by_little() -> None:
    speech = spoken("mɑ" * 40)
    present = presence(speech.frames, speech.seconds - 1)
    poses = head_track(speech.frames, present, Loudness(speech.samples), 7)
    assert 1.5 < np.abs(poses[:, :3]).max() < 9
    assert np.abs(np.diff(poses[:, :3], axis=0)).max() < 0.7


def test_blinks_come_every_few_seconds_and_are_whole() -> None:
    shut = blink_track(25 * 60, 3)
    starts = np.flatnonzero((shut[1:] > 0) & (shut[:-1] == 0)) + 1
    assert 10 <= len(starts) <= 34
    for start in starts:
        assert np.array_equal(shut[start : start + len(BLINK)], BLINK)
    assert not blink_track(12, 3).any()
