"""Readers of the same events share a look into the database, and none misses what comes later."""

import asyncio
from itertools import count
from typing import Any, cast

from serve.admissions import Admissions
from serve.history import EventBell


class Nowhere:
    """A database to which nobody listens."""

    def listen(self, channels: list[str]) -> None:
        return None


def a_bell() -> EventBell:
    nowhere = cast(Any, Nowhere())
    return EventBell(nowhere, Admissions(nowhere))


async def test_those_who_look_at_once_share_one_look() -> None:
    bell, looks = a_bell(), count(1)
    found = await asyncio.gather(*(bell.look("a job", lambda: next(looks)) for _ in range(50)))
    assert found == [1] * 50
    assert await bell.look("a job", lambda: next(looks)) == 2


async def test_who_comes_while_a_look_is_under_way_gets_a_later_one() -> None:
    bell, begun, looks = a_bell(), asyncio.Event(), count(1)
    loop = asyncio.get_running_loop()

    def look() -> int:
        loop.call_soon_threadsafe(begun.set)
        return next(looks)

    first = asyncio.create_task(bell.look("a job", look))
    await begun.wait()
    assert await bell.look("a job", look) == 2
    assert await first == 1


async def test_who_goes_away_leaves_the_look_to_the_others() -> None:
    bell, looks = a_bell(), count(1)
    gone = asyncio.create_task(bell.look("a job", lambda: next(looks)))
    stays = asyncio.create_task(bell.look("a job", lambda: next(looks)))
    await asyncio.sleep(0)
    gone.cancel()
    assert await stays == 1
