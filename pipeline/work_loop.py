"""A loop that takes work as it comes, several pieces side by side, until it is told to leave."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from time import monotonic
from typing import Any

from pipeline.record import OUTAGES

ALIVE_SECONDS = 30.0
"""A loop that has not turned for so long is stuck."""
log = logging.getLogger(__name__)

Take = Callable[[], Awaitable[asyncio.Task[None] | None]]
"""Takes one piece and begins it; None where nothing is due."""
Listen = Callable[[Callable[[], None]], Coroutine[Any, Any, None]]
"""Calls what it is given whenever there may be something to take. Does not end by itself."""


class WorkLoop:
    """Has up to ``at_once`` pieces of work under way."""

    def __init__(self, take: Take, listen: Listen, at_once: int) -> None:
        self._take, self._listen, self._at_once = take, listen, at_once
        self._under_way: set[asyncio.Task[None]] = set()
        self.leaving = asyncio.Event()
        self._wake = asyncio.Event()
        self._turned_at = monotonic()
        self._running: asyncio.Task[None] | None = None

    @property
    def alive(self) -> bool:
        """Whether ``run`` is still taking work, or waiting for some."""
        return monotonic() - self._turned_at < ALIVE_SECONDS

    async def run(self) -> None:
        """Until ``leave``, and what was under way then has ended. Who cancels it drops that too."""
        self._running = asyncio.current_task()
        listening = asyncio.create_task(self._listen(self._wake.set))
        listening.add_done_callback(lambda _: self._wake.set())
        try:
            while not self.leaving.is_set():
                if listening.done():
                    listening.result()
                self._turned_at = monotonic()
                await self._turn()
                await self._wake.wait()
                self._wake.clear()
            await asyncio.gather(*self._under_way, return_exceptions=True)
        finally:
            for task in (listening, *self._under_way):
                task.cancel()

    def leave(self) -> None:
        """Nothing more is begun."""
        self.leaving.set()
        self._wake.set()

    async def ended(self, within_seconds: float | None = None) -> None:
        """Waits until ``run`` has ended, or for so long."""
        if self._running is not None:
            await asyncio.wait({self._running}, timeout=within_seconds)

    async def _turn(self) -> None:
        try:
            while len(self._under_way) < self._at_once and not self.leaving.is_set():
                task = await self._take()
                if task is None:
                    return
                self._under_way.add(task)
                task.add_done_callback(self._done)
        except OUTAGES as outage:
            log.warning("nothing is begun, the database does not answer: %s", outage)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._under_way.discard(task)
        self._wake.set()
        if not task.cancelled() and task.exception() is not None:
            log.error("%s was dropped", task.get_name(), exc_info=task.exception())
