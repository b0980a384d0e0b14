"""KDTalker's engine about its nets: as many pictures as sound, from the portrait and back to it."""

import asyncio
from collections.abc import AsyncGenerator, Iterator

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from deployments import model_files
from deployments.kdtalker import alive
from deployments.kdtalker.directed import direct, lip_ratio, speaking_track
from deployments.kdtalker.face import FaceFinder
from deployments.kdtalker.kdtalker.audio import Resampled, Voice, resampled
from deployments.kdtalker.kdtalker.meter import unmeasured
from deployments.kdtalker.kdtalker.performer import PORTRAITS, Performer
from deployments.kdtalker.loudness import Loudness
from deployments.kdtalker.puppet import Puppet
from deployments.kdtalker.talking import Talking
from pipeline.engines import VideoRequest
from pipeline.lesson import SAMPLE_RATE, ClipPiece, Samples, Speech, VideoSpec
from pipeline.media.colour import luma_of
from pipeline.media.picture import Rgba, read_picture
from tests.kdtalker import (
    StandInModel,
    StandInRenderer,
    crop,
    direction,
    drawn,
    standin_performer,
)
from tests.portraits import MODELS, drawing, photograph, png, silence


@pytest.fixture(scope="module", autouse=True)
def _face_models() -> None:
    model_files.pull(["puppet"], MODELS, on_progress=lambda _: None)


@pytest.fixture(scope="module")
def renderer() -> StandInRenderer:
    return StandInRenderer()


@pytest.fixture(scope="module")
def performer(renderer: StandInRenderer) -> Iterator[Performer]:
    performer = standin_performer(renderer)
    yield performer
    performer.close()


@pytest.fixture(scope="module")
def engine(performer: Performer) -> Talking:
    return Talking(MODELS, StandInModel(performer), unmeasured)


def noise(seconds: float) -> Samples:
    random = np.random.default_rng(0)
    return (random.standard_normal(round(seconds * SAMPLE_RATE)) * 0.1).astype(np.float32)


def ask(speech: Speech, portrait: bytes | None = None, **video: object) -> VideoRequest:
    return VideoRequest(portrait or drawing(), speech, VideoSpec.model_validate(video))


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(min_value=1, max_value=7 * SAMPLE_RATE))
def test_any_sound_has_a_face_for_each_started_25th_of_a_second(samples: int) -> None:
    speech = Speech(noise(8)[:samples])
    performer = standin_performer()
    frames = direct(ask(speech), FaceFinder(MODELS).find_face(_portrait())).voice.frames
    assert frames == speech.frames
    faces = performer.perform(crop(), direction(frames))
    assert sum(1 for _ in faces) == speech.frames
    performer.close()


def test_a_scene_starts_and_ends_as_the_portrait_is_and_moves_between(engine: Talking) -> None:
    request = ask(Speech(np.concatenate([noise(2), silence(1)])))
    pictures = [luma_of(picture).astype(int) for picture in engine.pictures(request)]
    still = luma_of(next(Puppet(MODELS).pictures(request))).astype(int)
    assert len(pictures) == 75
    for end in (0, -1):
        assert np.abs(pictures[end] - still).mean() < 3
    assert max(np.abs(picture - pictures[0]).mean() for picture in pictures) > 0.2


def test_the_same_portrait_is_looked_at_once_and_the_last_ones_are_kept() -> None:
    class Counting(StandInRenderer):
        looks = 0

        def source(self, picture, keypoints):  # type: ignore[no-untyped-def]
            self.looks += 1
            return super().source(picture, keypoints)

    renderer = Counting()
    performer = standin_performer(renderer)
    for _ in range(2):
        for seed in range(3):
            drawn(performer.perform(crop(seed), direction(2)))
    assert renderer.looks == 3
    for seed in range(3, 3 + PORTRAITS):
        drawn(performer.perform(crop(seed), direction(1)))
    drawn(performer.perform(crop(0), direction(1)))
    assert renderer.looks == 3 + PORTRAITS + 1
    performer.close()


def test_a_layout_without_a_presenter_draws_no_face(
    engine: Talking, renderer: StandInRenderer
) -> None:
    before = sum(renderer.batches)
    slide = png(np.full((300, 400, 3), 120, np.uint8))
    request = ask(Speech(noise(0.4)), layout="slide")
    shown = VideoRequest(request.portrait, request.speech, request.video, slide=slide)
    assert sum(1 for _ in engine.pictures(shown)) == 10
    assert sum(renderer.batches) == before


def test_the_first_picture_comes_before_the_last_motion(
    performer: Performer, renderer: StandInRenderer
) -> None:
    before = sum(renderer.batches)
    pictures = performer.perform(crop(), direction(25 * 60))
    next(pictures)
    pictures.close()
    assert sum(renderer.batches) - before < 64


def test_a_slow_group_gives_signs_of_life_for_as_long_as_it_grows(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(alive, "BEAT_SECONDS", 0.01)
    drawn = 0

    async def group() -> AsyncGenerator[ClipPiece, None]:
        nonlocal drawn
        for _ in range(3):
            drawn += 1
            await seen.wait()
            seen.clear()
        yield ClipPiece(b"a group", 3)

    async def take() -> list[ClipPiece]:
        got = []
        async for piece in alive.with_signs_of_life(group(), lambda: drawn):
            got.append(piece)
            seen.set()
        return got

    seen = asyncio.Event()
    assert asyncio.run(asyncio.wait_for(take(), 300)) == [alive.SIGN] * 3 + [
        ClipPiece(b"a group", 3)
    ]


def test_what_is_asked_for_reaches_the_performance(engine: Talking) -> None:
    face = FaceFinder(MODELS).find_face(_portrait())
    speech = Speech(noise(1))
    usual, other = (
        direct(ask(speech, **video), face) for video in ({}, {"motion": 0.5, "head": "absolute"})
    )
    assert (usual.strength, usual.relative) == (1.0, True)
    assert (other.strength, other.relative) == (0.5, False)
    assert usual.seed == other.seed != direct(ask(Speech(noise(1.2))), face).seed


def test_lips_may_move_while_someone_speaks_and_not_in_silence() -> None:
    sound = np.concatenate([silence(1), noise(1), silence(1), noise(0.5), silence(0.5)])
    speaking = speaking_track(100, Loudness(sound))
    assert speaking.shape == (100,)
    assert speaking[[5, 15, 62, 98]].max() == 0
    assert speaking[26:49].min() == 1
    assert speaking[76:87].min() == 1
    assert np.abs(np.diff(speaking)).max() < 0.5


def test_a_smile_with_teeth_is_an_open_mouth_and_closed_lips_are_not() -> None:
    finder = FaceFinder(MODELS)
    assert 0.1 < lip_ratio(finder.find_face(_portrait(photograph()))) < 0.3
    assert lip_ratio(finder.find_face(_portrait())) == 0


@pytest.mark.parametrize("rate", [44_100, 48_000, 22_050, 16_000])
def test_sound_resampled_piece_by_piece_is_that_of_the_whole(rate: int) -> None:
    sound = np.random.default_rng(0).normal(0, 0.1, rate * 3 + 17).astype(np.float32)
    # what soxr makes of the very first samples depends on silence before them
    whole = resampled(np.pad(sound, rate), rate)[16_000:]
    pieces = Resampled(sound, rate, 48_000)
    got = np.concatenate([pieces[at : at + 3001] for at in range(0, 48_000, 3001)])
    assert len(got) == len(pieces) == 48_000
    np.testing.assert_allclose(got, whole[:48_000], atol=2e-5)


def test_what_the_model_hears_is_the_same_from_either() -> None:
    sound = noise(4)
    voice = Voice(Resampled(sound, SAMPLE_RATE, 64_000))
    other = Voice(resampled(sound, SAMPLE_RATE)[:64_000])
    assert voice.frames == other.frames == 100
    np.testing.assert_allclose(voice.windows(0, 100), other.windows(0, 100), atol=2e-3)


def _portrait(data: bytes | None = None) -> Rgba:
    return read_picture(data or drawing())
