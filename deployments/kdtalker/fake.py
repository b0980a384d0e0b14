"""A video engine for tests: no face, but real clips of the right size and length, and quick."""

from collections.abc import AsyncGenerator, Iterator

import numpy as np
from numpy.typing import NDArray

from pipeline.engines import EngineCard, VideoRequest, in_thread
from pipeline.lesson import ClipPiece
from pipeline.media.burn_in import burn_in
from pipeline.media.colour import Nv12, blank, luma_of
from pipeline.media.encode import encode

GREY, WHITE = 90, 235
COUNTER_BITS = 16


class FakeVideo:
    """A flat grey with a counter at its foot."""

    async def card(self, ask: VideoRequest) -> EngineCard:  # noqa: ARG002
        return EngineCard("fake", "1", "fake", "A test picture, made by no model", trained=False)

    def animate(self, ask: VideoRequest) -> AsyncGenerator[ClipPiece, None]:
        size = ask.video.size
        return in_thread(encode(burn_in(_pictures(ask), ask.captions, size), size))


def _pictures(ask: VideoRequest) -> Iterator[Nv12]:
    picture = blank(ask.video.size)
    luma = luma_of(picture)
    luma[:] = GREY
    foot = luma[-len(luma) // 8 :]
    for index in range(ask.speech.frames):
        _count(foot, index)
        yield picture


def _count(foot: NDArray[np.uint8], number: int) -> None:
    """Draws the number in base two, highest bit first, white for one."""
    width = foot.shape[1] // COUNTER_BITS
    for place in range(COUNTER_BITS):
        one = number >> (COUNTER_BITS - 1 - place) & 1
        foot[:, place * width : (place + 1) * width] = WHITE if one else GREY
