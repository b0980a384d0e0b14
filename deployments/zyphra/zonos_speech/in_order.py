"""Work done side by side and given out in order."""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Coroutine, Iterable
from itertools import islice
from typing import Any, TypeVar

T = TypeVar("T")


async def in_order(work: Iterable[Coroutine[Any, Any, T]], most: int) -> AsyncGenerator[T, None]:
    """The results of ``work`` in its order, at most ``most`` pieces of it being done or waiting to
    be taken. Who stops taking, and an error in whose turn it is, ends all the others."""
    waiting = iter(work)
    under_way: deque[asyncio.Task[T]] = deque()
    try:
        while True:
            some = islice(waiting, most - len(under_way))
            under_way += [asyncio.create_task(each) for each in some]
            if not under_way:
                return
            result = await under_way[0]
            under_way.popleft()
            yield result
    finally:
        for task in under_way:
            task.cancel()
        await asyncio.gather(*under_way, return_exceptions=True)
