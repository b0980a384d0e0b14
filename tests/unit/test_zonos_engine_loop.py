"""The thread that owns the batch: who joins, who leaves, who hears of a fault."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import aclosing, contextmanager
from dataclasses import replace
from time import monotonic

import pytest
import torch
from torch import Tensor

from deployments.zyphra.zonos.batch import Batch, Piece
from deployments.zyphra.zonos.generate import Utterance, generate
from deployments.zyphra.zonos_speech.batch_loop import BatchLoop
from deployments.zyphra.zonos_speech.engine import unheard
from deployments.zyphra.zonos_speech.load import Load
from pipeline.errors import EngineFailed, PassageTooLong
from tests.zonos import tiny_model, tiny_utterance
from tests.zonos_voice import POSITIONS, tiny_batch

PATIENCE_SECONDS = 240.0


class Breaking(Batch):
    """A batch that breaks at a step of two utterances, its third one or later."""

    def __init__(self) -> None:
        super().__init__(tiny_model(), 2, POSITIONS)
        self.turns = 0

    def step(self) -> list[Piece]:
        self.turns += 1
        if self.turns >= 3 and self.size == 2:
            raise RuntimeError("the device is on fire")
        return super().step()


@contextmanager
def running(
    make_batch: Callable[[], Batch], report: Callable[[Load], None] = unheard
) -> Iterator[BatchLoop]:
    loop = BatchLoop(make_batch, report)
    try:
        yield loop
    finally:
        loop.close()


async def heard(loop: BatchLoop, ask: Utterance) -> Tensor:
    return torch.cat([codes async for codes in loop.speak(ask)], 1)


async def until(holds: Callable[[], bool]) -> None:
    end = monotonic() + PATIENCE_SECONDS
    while not holds():
        assert monotonic() < end, "it never came to be"
        await asyncio.sleep(0.01)


def test_utterances_that_come_and_go_together_get_what_each_gets_alone() -> None:
    asks = [tiny_utterance(seed, frames=10 + 5 * seed, prefix_frames=seed % 3) for seed in range(6)]

    async def together(loop: BatchLoop) -> list[Tensor]:
        return list(await asyncio.gather(*(heard(loop, ask) for ask in asks)))

    with running(tiny_batch) as loop:
        for ask, codes in zip(asks, asyncio.run(together(loop)), strict=True):
            assert torch.equal(codes, generate(tiny_model(), ask))


def test_who_stops_listening_frees_the_slot() -> None:
    batch = tiny_batch(slots=1)
    long, short = tiny_utterance(1, frames=900), tiny_utterance(2, frames=10)

    async def leave_and_return(loop: BatchLoop) -> Tensor:
        async with aclosing(loop.speak(long)) as codes:
            await anext(codes)
            assert batch.size == 1
        await until(lambda: not batch.busy)
        return await heard(loop, short)

    with running(lambda: batch) as loop:
        codes = asyncio.run(leave_and_return(loop))
    assert torch.equal(codes, generate(tiny_model(), short))


def test_a_cancelled_listener_frees_the_slot() -> None:
    batch = tiny_batch(slots=1)

    async def cancelled(loop: BatchLoop) -> None:
        listening = asyncio.create_task(heard(loop, tiny_utterance(1, frames=900)))
        await until(lambda: batch.size == 1)
        listening.cancel()
        with pytest.raises(asyncio.CancelledError):
            await listening
        await until(lambda: not batch.busy)

    with running(lambda: batch) as loop:
        asyncio.run(cancelled(loop))


def test_a_listener_whose_event_loop_ended_is_forgotten() -> None:
    batch = tiny_batch(slots=1)
    abandoned: list[AsyncGenerator[Tensor, None]] = []

    async def begin(loop: BatchLoop) -> None:
        abandoned.append(loop.speak(tiny_utterance(1, frames=900)))
        await anext(abandoned[0])

    with running(lambda: batch) as loop:
        events = asyncio.new_event_loop()
        events.run_until_complete(begin(loop))
        events.close()
        codes = asyncio.run(heard(loop, tiny_utterance(2)))
    assert codes.shape[1] > 0


def test_a_fault_fails_those_in_the_batch_and_the_loop_goes_on() -> None:
    batches = iter([Breaking(), tiny_batch()])
    ask = tiny_utterance(3, frames=30)
    with running(lambda: next(batches)) as loop:

        async def both() -> list[Tensor | BaseException]:
            return await asyncio.gather(heard(loop, ask), heard(loop, ask), return_exceptions=True)

        for failed in asyncio.run(both()):
            assert isinstance(failed, EngineFailed)
            assert "the device is on fire" in str(failed)
        assert loop.alive
        assert torch.equal(asyncio.run(heard(loop, ask)), generate(tiny_model(), ask))


def test_an_utterance_that_does_not_fit_is_refused_and_harms_nobody() -> None:
    fits = tiny_utterance(1, frames=60)

    async def both(loop: BatchLoop) -> Tensor:
        speaking = asyncio.create_task(heard(loop, fits))
        with pytest.raises(PassageTooLong):
            await heard(loop, replace(fits, frames=POSITIONS))
        return await speaking

    with running(tiny_batch) as loop:
        assert torch.equal(asyncio.run(both(loop)), generate(tiny_model(), fits))


def test_a_closed_loop_tells_whoever_waits() -> None:
    loop = BatchLoop(tiny_batch, unheard)

    async def closed_meanwhile() -> None:
        listening = asyncio.create_task(heard(loop, tiny_utterance(1, frames=900)))
        await asyncio.sleep(0)
        await asyncio.to_thread(loop.close)
        with pytest.raises(EngineFailed, match="shut down"):
            await listening
        with pytest.raises(EngineFailed, match="shut down"):
            await heard(loop, tiny_utterance(1))

    asyncio.run(closed_meanwhile())
    assert not loop.alive


def test_an_idle_batch_is_reported_as_idle(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("deployments.zyphra.zonos_speech.load.EVERY_SECONDS", 0.0)
    loads: list[Load] = []

    async def spoken(loop: BatchLoop) -> None:
        await heard(loop, tiny_utterance(1, frames=20))
        await until(lambda: loads[-1] == Load())

    with running(tiny_batch, loads.append) as loop:
        asyncio.run(spoken(loop))
    busy = [load for load in loads if load.speaking]
    assert busy
    assert any(load.speech > 0 and load.tokens > load.speech for load in busy)
