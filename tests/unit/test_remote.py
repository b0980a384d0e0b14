"""A streaming call of a deployment, over what stands in for Ray's answer to it."""

import asyncio
from contextlib import aclosing
from typing import Any, cast

import pytest
from ray.exceptions import ActorDiedError
from ray.serve.handle import DeploymentResponseGenerator

from deployments.remote import Call
from pipeline.errors import InfrastructureLost
from pipeline.streams import Queued

pytestmark = pytest.mark.anyio


class Answer:
    """Of a replica that gives what is asked of it; ``lost``: it dies over the second piece."""

    def __init__(self, lost: bool = False) -> None:
        self.room, self.lost, self.cancelled, self.given = asyncio.Event(), lost, False, 0

    async def _to_object_ref_gen(self) -> None:
        if self.lost:
            raise ActorDiedError
        await self.room.wait()

    async def __anext__(self) -> int:
        self.given += 1
        if self.lost and self.given == 2:
            raise ActorDiedError
        if self.given == 3:
            raise StopAsyncIteration
        return self.given

    def cancel(self) -> None:
        self.cancelled = True


def call(answer: Answer) -> Call[Any]:
    return Call("Zyphra", cast(DeploymentResponseGenerator[Any], answer))


async def test_a_call_is_taken_when_a_replica_has_room_for_it() -> None:
    answer = Answer()
    asked = call(answer)
    assert isinstance(asked, Queued)
    waiting = asyncio.create_task(asked.taken())
    await asyncio.sleep(0)
    assert not waiting.done()
    answer.room.set()
    await waiting
    assert [piece async for piece in asked] == [1, 2]


async def test_a_call_that_is_left_is_cancelled_in_the_queue_and_in_the_middle() -> None:
    queued, begun = Answer(), Answer()
    await call(queued).aclose()
    async with aclosing(call(begun)) as pieces:
        assert await anext(pieces) == 1
    assert queued.cancelled
    assert begun.cancelled


async def test_a_replica_that_dies_is_a_loss_and_its_call_is_cancelled() -> None:
    answer = Answer(lost=True)
    asked = call(answer)
    with pytest.raises(InfrastructureLost, match="Zyphra: ActorDiedError"):
        await asked.taken()
    assert await anext(asked) == 1
    with pytest.raises(InfrastructureLost, match="Zyphra: ActorDiedError"):
        await anext(asked)
    assert answer.cancelled
