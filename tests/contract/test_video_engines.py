"""What every video engine must do, checked on each of them."""

import asyncio
import io
import threading
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from typing import TypeVar

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from deployments import model_files
from deployments.kdtalker.fake import FakeVideo
from deployments.kdtalker.kdtalker.meter import unmeasured
from deployments.kdtalker.puppet import Puppet
from deployments.kdtalker.talking import Talking
from pipeline.engines import VideoEngine, VideoRequest
from pipeline.lesson import ClipPiece, Cue, Speech, VideoSpec
from pipeline.media.encode import GROUP
from tests.kdtalker import StandInModel, standin_performer
from tests.portraits import MODELS, drawing, hum, photograph, png, silence

T = TypeVar("T")
Frames = NDArray[np.uint8]


@pytest.fixture(scope="module")
def puppet() -> Puppet:
    model_files.pull(["puppet"], MODELS, on_progress=lambda _: None)
    return Puppet(MODELS)


@pytest.fixture(scope="module")
def kdtalker(puppet: Puppet) -> Iterator[Talking]:
    """With stand-ins in place of its nets, which take a second a picture on a processor."""
    performer = standin_performer()
    performer.warm_up()
    yield Talking(MODELS, StandInModel(performer), encoded=unmeasured)
    performer.close()


@pytest.fixture(params=["fake", "puppet", "kdtalker"])
def engine(request: pytest.FixtureRequest) -> VideoEngine:
    return FakeVideo() if request.param == "fake" else request.getfixturevalue(request.param)


def ask(speech: Speech, portrait: bytes | None = None, **video: object) -> VideoRequest:
    return VideoRequest(portrait or drawing(), speech, VideoSpec.model_validate(video))


def said(seconds: float) -> Speech:
    """A hum with a silence at its end."""
    return Speech(np.concatenate([hum(seconds * 0.75), silence(seconds - seconds * 0.75)]))


def made(engine: VideoEngine, request: VideoRequest) -> list[ClipPiece]:
    async def collect() -> list[ClipPiece]:
        return [piece async for piece in engine.animate(request)]

    return asyncio.run(collect())


def decoded(pieces: list[ClipPiece]) -> Frames:
    with av.open(io.BytesIO(b"".join(piece.bytes_ for piece in pieces))) as container:
        return np.stack([f.to_ndarray(format="rgb24") for f in container.decode(video=0)])


@pytest.mark.parametrize("seconds", [0.01, 0.04, 0.08, 0.5, 2.0, 2.04, 7.3])
def test_clip_has_a_picture_for_each_started_25th_of_speech(
    engine: VideoEngine, seconds: float
) -> None:
    speech = said(seconds)
    pieces = made(engine, ask(speech))
    assert sum(piece.frames for piece in pieces) == speech.frames
    assert len(decoded(pieces)) == speech.frames


def test_many_pieces_are_as_long_as_they_should_be(engine: VideoEngine) -> None:
    pieces = made(engine, ask(said(10)))
    assert [piece.frames for piece in pieces] == [GROUP] * (10 * 25 // GROUP)
    with av.open(io.BytesIO(b"".join(piece.bytes_ for piece in pieces))) as container:
        assert sum(packet.size > 0 for packet in container.demux(video=0)) == 10 * 25


def test_each_piece_begins_with_its_only_keyframe(engine: VideoEngine) -> None:
    pieces = made(engine, ask(said(5)))
    with av.open(io.BytesIO(b"".join(piece.bytes_ for piece in pieces))) as container:
        keys = [packet.is_keyframe for packet in container.demux(video=0) if packet.size]
    starts = np.cumsum([0, *(piece.frames for piece in pieces)])[:-1]
    assert np.flatnonzero(keys).tolist() == starts.tolist()


@pytest.mark.parametrize("aspect", ["1:1", "16:9", "9:16"])
def test_pictures_have_the_size_asked_for(engine: VideoEngine, aspect: str) -> None:
    request = ask(said(0.2), aspect=aspect, resolution="720p")
    assert decoded(made(engine, request)).shape[2:0:-1] == request.video.size


@pytest.mark.parametrize("layout", ["presenter", "slide"])
def test_captions_are_drawn_into_the_picture_while_they_are_said(
    engine: VideoEngine, layout: str
) -> None:
    slide = png(np.full((300, 400, 3), 120, np.uint8))
    bare = replace(ask(said(2), layout=layout), slide=slide)
    captioned = replace(bare, captions=(Cue("Light falls on the leaf.", 0.4, 1.2),))
    clips = (decoded(made(engine, request)) for request in (bare, captioned))
    without, with_ = (clip.astype(np.int16) for clip in clips)
    change = np.abs(with_ - without).max(-1)
    plate = change[:, 430:460, 170:340].mean((1, 2))
    assert plate[10:30].min() > 20
    assert max(plate[:10].max(), plate[30:].max()) < 4
    assert change[:, :380].mean() < 1.5


def test_same_request_gives_the_same_bytes(engine: VideoEngine) -> None:
    clips = [made(engine, ask(said(2.5), photograph())) for _ in range(2)]
    assert clips[0] == clips[1]


def test_caller_that_leaves_stops_the_work(engine: VideoEngine) -> None:
    threads = threading.active_count()

    async def leave() -> None:
        pieces = engine.animate(ask(said(600)))
        async for piece in pieces:
            assert piece.frames == GROUP
            break
        await pieces.aclose()  # type: ignore[attr-defined]

    asyncio.run(leave())
    assert threading.active_count() <= threads + 1


def test_two_scenes_at_once_come_out_like_one_after_the_other(engine: VideoEngine) -> None:
    requests = [ask(said(1.5)), ask(said(1.5), photograph())]

    async def both() -> list[list[ClipPiece]]:
        async def one(request: VideoRequest) -> list[ClipPiece]:
            return [piece async for piece in engine.animate(request)]

        return list(await asyncio.gather(*(one(request) for request in requests)))

    assert asyncio.run(both()) == [made(engine, request) for request in requests]


def test_card_says_honestly_who_draws(engine: VideoEngine) -> None:
    card = asyncio.run(_result(engine.card, ask(said(1))))
    assert card.missing is None
    assert card.name == {"fake": "fake", "embedded": "puppet", "model": "kdtalker"}[card.kind]
    assert card.version
    assert len(card.label) > 10


async def _result(function: Callable[[VideoRequest], Awaitable[T]], request: VideoRequest) -> T:
    return await function(request)
