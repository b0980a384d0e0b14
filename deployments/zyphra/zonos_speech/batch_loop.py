"""The one thread that owns a batch: it steps while anybody speaks and sleeps while nobody does.

Listeners live in event loops of other threads. What they want (to join, to leave) is an order that
is carried out between two steps; what they hear comes through a queue of their own, which holds at
most the frames of one utterance.
"""

import asyncio
import logging
from collections import deque
from collections.abc import AsyncGenerator, Callable, Hashable, Sequence
from dataclasses import dataclass
from itertools import count
from threading import Condition, Thread
from typing import Protocol

from torch import Tensor

from deployments.zyphra.zonos.batch import Piece, UtteranceTooLong
from deployments.zyphra.zonos.generate import Utterance
from deployments.zyphra.zonos_speech.load import Meter, Report
from pipeline.errors import EngineFailed, LecternError, PassageTooLong

logger = logging.getLogger(__name__)

NAME = "zonos"
SHUT = "it was shut down"


class Batching(Protocol):
    """What is asked of ``deployments.zyphra.zonos.batch.Batch``."""

    @property
    def busy(self) -> bool: ...
    @property
    def size(self) -> int: ...
    def join(self, key: Hashable, ask: Utterance) -> None: ...
    def leave(self, key: Hashable) -> None: ...
    def step(self) -> Sequence[Piece]: ...


@dataclass(frozen=True, slots=True, eq=False)
class Listener:
    """Whoever waits for an utterance, in an event loop of theirs."""

    loop: asyncio.AbstractEventLoop
    heard: "asyncio.Queue[Piece | LecternError]"

    def tell(self, news: Piece | LecternError) -> None:
        """Raises RuntimeError when the event loop has ended."""
        self.loop.call_soon_threadsafe(self.heard.put_nowait, news)


@dataclass(frozen=True, slots=True, eq=False)
class Order:
    """Utterance ``key`` is to join, or, without ``ask``, to leave."""

    key: Hashable
    ask: Utterance | None = None
    listener: Listener | None = None


class BatchLoop:
    """``make_batch`` is called in the loop's thread, again after each fault of a batch."""

    def __init__(self, make_batch: Callable[[], Batching], report: Report) -> None:
        self._make_batch = make_batch
        self._batch: Batching | None = None
        self._meter = Meter(report)
        self._listeners: dict[Hashable, Listener] = {}
        self._orders: deque[Order] = deque()
        self._wake = Condition()
        self._closed = False
        self._keys = count()
        self._thread = Thread(target=self._run, name="zonos-batch", daemon=True)
        self._thread.start()

    @property
    def alive(self) -> bool:
        return self._thread.is_alive()

    async def speak(self, ask: Utterance) -> AsyncGenerator[Tensor, None]:
        """The codes [9, n] of an utterance as they come, its audio prefix first.

        Who stops listening frees its slot. Raises EngineFailed, PassageTooLong.
        """
        key = next(self._keys)
        heard: asyncio.Queue[Piece | LecternError] = asyncio.Queue()
        self._order(Order(key, ask, Listener(asyncio.get_running_loop(), heard)))
        try:
            while True:
                news = await heard.get()
                if isinstance(news, LecternError):
                    raise news
                yield news.codes
                if news.last:
                    return
        finally:
            self._order(Order(key))

    def close(self) -> None:
        """Ends the thread; whoever still listens is told."""
        with self._wake:
            self._closed = True
            self._wake.notify()
        self._thread.join()
        self._listeners |= {o.key: o.listener for o in self._orders if o.listener is not None}
        self._fail(SHUT)

    def _order(self, order: Order) -> None:
        with self._wake:
            if self._closed and order.listener is not None:
                raise EngineFailed(NAME, SHUT)
            self._orders.append(order)
            self._wake.notify()

    def _run(self) -> None:
        while self._wait():
            try:
                self._turn()
            except Exception as error:  # whatever it is, those who wait must hear of it
                logger.exception("the batch of Zonos broke")
                self._batch = None
                self._fail(f"{type(error).__name__}: {error}")

    def _wait(self) -> bool:
        """Sleeps until there is something to do; False: there will be nothing any more."""
        with self._wake:
            if not self._busy:
                self._meter.rest()
            self._wake.wait_for(lambda: self._closed or self._orders or self._busy)
            return not self._closed

    @property
    def _busy(self) -> bool:
        return self._batch is not None and self._batch.busy

    def _turn(self) -> None:
        if self._batch is None:
            self._batch = self._make_batch()
        while self._orders:
            self._carry_out(self._batch, self._orders.popleft())
        pieces = self._batch.step()
        for piece in pieces:
            self._tell(piece.key, piece)
        speaking = self._batch.size
        frames = sum(piece.codes.shape[1] for piece in pieces)
        self._meter.step(frames, speaking, len(self._listeners) - speaking)

    def _carry_out(self, batch: Batching, order: Order) -> None:
        if order.ask is None or order.listener is None:
            self._listeners.pop(order.key, None)
            batch.leave(order.key)
            return
        self._listeners[order.key] = order.listener
        try:
            batch.join(order.key, order.ask)
        except UtteranceTooLong as error:
            self._tell(order.key, PassageTooLong(NAME, str(error)))

    def _tell(self, key: Hashable, news: Piece | LecternError) -> None:
        listener = self._listeners.get(key)
        if listener is None:
            return
        try:
            listener.tell(news)
        except RuntimeError:  # its event loop ended without a word
            self._order(Order(key))

    def _fail(self, what: str) -> None:
        for key in list(self._listeners):
            self._tell(key, EngineFailed(NAME, what))
        self._listeners.clear()
