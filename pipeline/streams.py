"""Waiting for engines and for threads, but not for ever."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from time import monotonic
from typing import Any, ParamSpec, Protocol, TypeVar, cast, runtime_checkable

from pipeline.errors import StepTimedOut

T = TypeVar("T")
P = ParamSpec("P")
GRACE_SECONDS = 2.0
"""How long an engine that is to stop may take for it, before it is left to itself."""

_END = object()


@runtime_checkable
class Queued(Protocol):
    """A stream that waits for its turn: whoever makes its pieces is busy with others."""

    async def taken(self) -> None:
        """Returns when somebody has begun to work on it."""


class Stopwatch:
    """Seconds since it was made, or started anew."""

    def __init__(self) -> None:
        self.start()

    def start(self) -> None:
        self.started = monotonic()

    @property
    def seconds(self) -> float:
        return monotonic() - self.started


async def watched(
    step: str,
    pieces: AsyncIterator[T],
    stall_seconds: float,
    queue_seconds: float = 0.0,
    work: Stopwatch | None = None,
) -> AsyncGenerator[T, None]:
    """The pieces as they come; StepTimedOut when one takes longer than allowed.

    A stream that is Queued may wait ``queue_seconds`` for its turn: that it waits is no fault of
    who makes it, and ``work`` starts when its turn comes. Whoever closes this
    (``contextlib.aclosing``) closes the engine's stream too.
    """
    drawing: asyncio.Task[T | object] | None = None
    try:
        if queue_seconds and isinstance(pieces, Queued):
            await _taken(step, pieces, queue_seconds)
            if work is not None:
                work.start()
        while True:
            drawing = asyncio.create_task(_next(pieces))
            done, _ = await asyncio.wait({drawing}, timeout=stall_seconds)
            if not done:
                raise StepTimedOut(step, stall_seconds)
            if drawing.result() is _END:
                return
            yield cast(T, drawing.result())
    finally:
        await _stop(drawing, pieces)


async def in_worker(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Runs what blocks in a thread. A thread cannot be stopped: who is cancelled waits for it.

    So the files that it works on are there until it has ended.
    """
    working = asyncio.ensure_future(asyncio.to_thread(work, *args, **kwargs))
    try:
        return await asyncio.shield(working)
    except asyncio.CancelledError:
        working.add_done_callback(_leave_unheard)
        await asyncio.wait({working})
        raise


def _leave_unheard(working: asyncio.Future[Any]) -> None:
    """Who is cancelled twice takes the files away: how the thread fails then is no news."""
    if not working.cancelled():
        working.exception()


async def _taken(step: str, queued: Queued, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await queued.taken()
    except TimeoutError as error:
        raise StepTimedOut(step, seconds) from error


async def _next(pieces: AsyncIterator[T]) -> T | object:
    async for piece in pieces:
        return piece
    return _END


async def _stop(drawing: asyncio.Task[T | object] | None, pieces: AsyncIterator[T]) -> None:
    """Ends the stream; one that does not end in time is left to itself."""
    if drawing is not None and not drawing.done():
        drawing.cancel()
        await asyncio.wait({drawing}, timeout=GRACE_SECONDS)
    aclose = getattr(pieces, "aclose", None)
    if aclose is not None and (drawing is None or drawing.done()):
        closing = asyncio.ensure_future(aclose())
        await asyncio.wait({closing}, timeout=GRACE_SECONDS)
        if closing.done():
            closing.result()
