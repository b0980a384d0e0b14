"""The cards of a deployment's engines, kept for when it has no room to say them again."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass
from time import time
from typing import Generic, Protocol, TypeVar

from pipeline.engines import EngineCard
from pipeline.errors import EngineUnavailable, InfrastructureLost

GRACE_SECONDS = 1.0
"""How long a deployment has for its answer before it is asked for whether it runs at all."""
KEPT = 256
"""Cards: there are few, but a language is whatever somebody writes."""

DeployedAt = Callable[[], float | None]
"""When it was deployed last, in Unix seconds; None: no replica runs, or nobody can tell. Blocks."""


class Asked(Protocol):
    @property
    def casting(self) -> Hashable: ...


Ask = TypeVar("Ask", bound=Asked)


@dataclass(frozen=True, slots=True)
class _Known:
    card: EngineCard
    read_at: float


@dataclass(frozen=True, slots=True)
class _Reading:
    card: asyncio.Task[EngineCard]
    heard_by: float


class Cards(Generic[Ask]):
    """Asks each time, and takes what it knows from before only while the deployment runs and does
    not answer: so another version is known as soon as there is room to say it. What was known
    before the last deployment counts no more. Refusals are not kept.
    """

    def __init__(
        self, read: Callable[[Ask], Awaitable[EngineCard]], deployed_at: DeployedAt
    ) -> None:
        self._read, self._deployed_at = read, deployed_at
        self._known: dict[Hashable, _Known] = {}
        self._readings: dict[Hashable, _Reading] = {}
        self._look: asyncio.Task[float | None] | None = None

    async def card(self, ask: Ask) -> EngineCard:
        known = self._known.get(ask.casting)
        if known is None:
            return await self._learn(ask)
        reading = self._reading(ask)
        answer = reading.card
        grace = max(0.0, reading.heard_by - asyncio.get_running_loop().time())
        await asyncio.wait({answer}, timeout=grace)
        if not _answered(answer) and _counts(known, await asyncio.shield(self._looking())):
            return known.card
        await asyncio.wait({answer})
        return answer.result()

    async def _learn(self, ask: Ask) -> EngineCard:
        try:
            card = await self._read(ask)
        except EngineUnavailable:
            self._known.pop(ask.casting, None)
            raise
        if len(self._known) >= KEPT:
            self._known.clear()
        self._known[ask.casting] = _Known(card, time())
        return card

    def _reading(self, ask: Ask) -> _Reading:
        """One for all who ask: it goes on when they have left, so that what it says is known."""
        reading = self._readings.get(ask.casting)
        if reading is None:
            heard_by = asyncio.get_running_loop().time() + GRACE_SECONDS
            reading = _Reading(asyncio.create_task(self._learn(ask)), heard_by)
            self._readings[ask.casting] = reading
            reading.card.add_done_callback(lambda read: self._end(ask.casting, read))
        return reading

    def _end(self, casting: Hashable, read: asyncio.Task[EngineCard]) -> None:
        del self._readings[casting]
        # those who asked hear what went wrong; when all have left, it is no news
        if not read.cancelled():
            read.exception()

    def _looking(self) -> asyncio.Task[float | None]:
        """One for all: a thread cannot be stopped, and the controller may be slow to answer."""
        if self._look is None or self._look.done():
            self._look = asyncio.create_task(asyncio.to_thread(self._deployed_at))
        return self._look


def _answered(card: asyncio.Task[EngineCard]) -> bool:
    """A full queue, or the loss of one replica of several, is no answer either."""
    return card.done() and not isinstance(card.exception(), InfrastructureLost)


def _counts(known: _Known, deployed_at: float | None) -> bool:
    return deployed_at is not None and deployed_at <= known.read_at
