"""Work done side by side: in order, bounded, and ended with who takes it."""

import asyncio
from collections.abc import Coroutine, Iterator
from contextlib import aclosing

import pytest

from deployments.zyphra.zonos_speech.in_order import in_order


class Bench:
    """Pieces of work that end when they are told to."""

    def __init__(self, count: int) -> None:
        self.ends = [asyncio.Event() for _ in range(count)]
        self.begun: list[int] = []
        self.ended: list[int] = []

    async def do(self, number: int) -> int:
        self.begun.append(number)
        try:
            await self.ends[number].wait()
            return number
        finally:
            self.ended.append(number)

    def work(self) -> Iterator[Coroutine[None, None, int]]:
        return (self.do(number) for number in range(len(self.ends)))


async def moment() -> None:
    """Everything that can go on does."""
    for _ in range(10):
        await asyncio.sleep(0)


def test_what_is_done_first_waits_for_its_turn() -> None:
    async def run() -> None:
        bench = Bench(3)
        for end in bench.ends[1:]:
            end.set()
        async with aclosing(in_order(bench.work(), 3)) as taken:
            first = asyncio.ensure_future(anext(taken))
            await moment()
            assert bench.ended == [1, 2]
            assert not first.done()
            bench.ends[0].set()
            assert [await first, await anext(taken), await anext(taken)] == [0, 1, 2]
            with pytest.raises(StopAsyncIteration):
                await anext(taken)

    asyncio.run(run())


def test_no_more_is_begun_than_may_wait() -> None:
    async def run() -> None:
        bench = Bench(5)
        for end in bench.ends:
            end.set()
        async with aclosing(in_order(bench.work(), 2)) as taken:
            assert await anext(taken) == 0
            await moment()
            assert bench.begun == [0, 1]
            assert await anext(taken) == 1
            await moment()
            assert bench.begun == [0, 1, 2]

    asyncio.run(run())


def test_who_leaves_ends_what_is_under_way() -> None:
    async def run() -> None:
        bench = Bench(4)
        bench.ends[0].set()
        async with aclosing(in_order(bench.work(), 3)) as taken:
            assert await anext(taken) == 0
        assert bench.begun == [0, 1, 2]
        assert sorted(bench.ended) == [0, 1, 2]

    asyncio.run(run())


def test_an_error_comes_in_its_turn_and_ends_the_others() -> None:
    async def run() -> None:
        bench = Bench(3)

        async def wrong() -> int:
            raise ValueError("wrong")

        work = [bench.do(0), wrong(), bench.do(1), bench.do(2)]
        bench.ends[0].set()
        async with aclosing(in_order(work, 4)) as taken:
            assert await anext(taken) == 0
            with pytest.raises(ValueError, match="wrong"):
                await anext(taken)
        assert sorted(bench.ended) == [0, 1, 2]

    asyncio.run(run())
