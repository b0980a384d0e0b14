import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import aclosing
from time import monotonic

import pytest

from pipeline.errors import NothingToSay, StepTimedOut
from pipeline.streams import Stopwatch, in_worker, watched

pytestmark = pytest.mark.anyio


class Source:
    """Numbers, then (if asked for) a failure or a silence; knows whether it was closed."""

    def __init__(self, error: Exception | None = None, hangs: bool = False) -> None:
        self.error, self.hangs, self.closed = error, hangs, False

    async def pieces(self) -> AsyncIterator[int]:
        try:
            yield 1
            yield 2
            if self.error is not None:
                raise self.error
            if self.hangs:
                await asyncio.Event().wait()
        finally:
            self.closed = True


async def test_pieces_come_through_in_order_to_the_end() -> None:
    source = Source()
    assert [piece async for piece in watched("speech", source.pieces(), 300)] == [1, 2]
    assert source.closed


async def test_what_an_engine_raises_comes_through() -> None:
    source = Source(NothingToSay("Scene 1"))
    pieces = watched("speech", source.pieces(), 300)
    assert [await anext(pieces), await anext(pieces)] == [1, 2]
    with pytest.raises(NothingToSay, match="Scene 1 holds no words"):
        await anext(pieces)


async def test_a_silent_engine_times_out_and_is_closed() -> None:
    source = Source(hangs=True)
    with pytest.raises(StepTimedOut, match=r"“video” made no progress for 0\.05 seconds"):
        async for _ in watched("video", source.pieces(), 0.05):
            pass
    assert source.closed


class QueuedSource(Source):
    """Waits for its turn first; 0 seconds: its turn never comes."""

    def __init__(self, turn_seconds: float) -> None:
        super().__init__()
        self.turn_seconds = turn_seconds
        self._pieces = self.pieces()

    async def taken(self) -> None:
        if self.turn_seconds == 0:
            await asyncio.Event().wait()
        await asyncio.sleep(self.turn_seconds)
        self.taken_at = monotonic()

    def __aiter__(self) -> AsyncIterator[int]:
        return self

    async def __anext__(self) -> int:
        return await anext(self._pieces)

    async def aclose(self) -> None:
        self.closed = True


async def test_who_waits_for_a_turn_is_not_taken_for_silent() -> None:
    source = QueuedSource(turn_seconds=0.2)
    assert [piece async for piece in watched("video", source, 0.05, queue_seconds=300)] == [1, 2]
    assert source.closed


async def test_waiting_for_a_turn_is_no_work() -> None:
    source, work = QueuedSource(turn_seconds=0.2), Stopwatch()
    asked = work.started
    pieces = watched("video", source, 300, queue_seconds=300, work=work)
    assert [piece async for piece in pieces] == [1, 2]
    assert asked < source.taken_at <= work.started


async def test_a_turn_that_never_comes_is_waited_for_no_longer_than_allowed() -> None:
    source = QueuedSource(turn_seconds=0)
    with pytest.raises(StepTimedOut, match=r"“video” made no progress for 0\.05 seconds"):
        async for _ in watched("video", source, 300, queue_seconds=0.05):
            pass
    assert source.closed


async def test_whoever_stops_listening_closes_the_engine() -> None:
    source = Source(hangs=True)
    async with aclosing(watched("video", source.pieces(), 300)) as pieces:
        async for piece in pieces:
            assert piece == 1
            break
    assert source.closed


async def test_cancelling_the_listener_closes_the_engine() -> None:
    source, heard = Source(hangs=True), asyncio.Event()

    async def listen() -> None:
        async with aclosing(watched("video", source.pieces(), 300)) as pieces:
            async for piece in pieces:
                if piece == 2:
                    heard.set()

    task = asyncio.create_task(listen())
    await heard.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert source.closed


async def test_who_is_cancelled_waits_for_the_thread_that_works_for_it() -> None:
    started, go_on = threading.Event(), threading.Event()
    ended: list[bool] = []

    def work() -> None:
        started.set()
        go_on.wait()
        ended.append(True)

    task = asyncio.create_task(in_worker(work))
    await asyncio.to_thread(started.wait)
    task.cancel()
    await asyncio.sleep(0)
    assert not task.done()
    go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert ended == [True]
