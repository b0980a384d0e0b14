"""Signs of life of work whose pieces take long: who waits for them gives up on silence."""

import asyncio
from collections.abc import AsyncGenerator, Callable

from pipeline.lesson import ClipPiece

BEAT_SECONDS = 20.0
SIGN = ClipPiece(b"", 0)


async def with_signs_of_life(
    pieces: AsyncGenerator[ClipPiece, None], done: Callable[[], int]
) -> AsyncGenerator[ClipPiece, None]:
    """The pieces, and empty ones in between for as long as ``done`` grows."""
    drawing: asyncio.Future[ClipPiece | None] | None = None
    try:
        before = done()
        while True:
            drawing = asyncio.ensure_future(anext(pieces, None))
            while not (await asyncio.wait({drawing}, timeout=BEAT_SECONDS))[0]:
                if done() > before:
                    before = done()
                    yield SIGN
            piece = drawing.result()
            if piece is None:
                return
            yield piece
    finally:
        if drawing is not None and not drawing.done():
            drawing.cancel()
            await asyncio.wait({drawing})
        await pieces.aclose()
