"""Work of several scenes in one batch.

Each scene hands over its pieces and goes on; one thread does what lies there, as much at once as
fits. When the device's memory does not hold a batch, half of it is tried, from then on.
"""

from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Lock
from time import monotonic
from typing import Generic, TypeVar

import torch

from deployments.kdtalker.kdtalker.faults import DeviceFull
from deployments.kdtalker.kdtalker.meter import Meter, unmeasured

Item = TypeVar("Item")
Result = TypeVar("Result")


def nothing_held() -> None:
    """There is no memory to give back."""


@dataclass(frozen=True, slots=True, eq=False)
class _Piece(Generic[Item, Result]):
    item: Item
    done: "Future[Result]" = field(default_factory=Future)


class Together(Generic[Item, Result]):
    """``work`` does at most ``most`` pieces at once, in a thread of its own; ``relieve`` gives back
    what memory it holds between batches."""

    def __init__(
        self,
        work: Callable[[Sequence[Item]], Sequence[Result]],
        most: int,
        meter: Meter = unmeasured,
        relieve: Callable[[], None] = nothing_held,
    ) -> None:
        self._work, self._most, self._meter, self._relieve = work, most, meter, relieve
        self._waiting: deque[_Piece[Item, Result]] = deque()
        self._lock = Lock()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="kdtalker")

    @property
    def most(self) -> int:
        return self._most

    def submit(self, items: Sequence[Item]) -> "list[Future[Result]]":
        """Results in the order of ``items``, as they are done. One that is cancelled before its
        turn is left out. They raise what ``work`` raises, and DeviceFull."""
        pieces: list[_Piece[Item, Result]] = [_Piece(item) for item in items]
        with self._lock:
            self._waiting += pieces
        for _ in pieces:
            self._thread.submit(self._round)
        return [piece.done for piece in pieces]

    def close(self) -> None:
        """Ends the thread after what it is doing."""
        self._thread.shutdown(cancel_futures=True)

    def _round(self) -> None:
        pieces = self._taken()
        if not pieces:
            return
        started = monotonic()
        try:
            results: Sequence[Result] | None = self._work([piece.item for piece in pieces])
        except torch.OutOfMemoryError:
            results = None
        except BaseException as error:
            for piece in pieces:
                piece.done.set_exception(error)
            raise
        if results is None:
            # only now: while the error lives, it holds what was computed so far
            self._put_back(pieces)
            return
        self._meter(len(pieces), monotonic() - started)
        for piece, result in zip(pieces, results, strict=True):
            piece.done.set_result(result)

    def _taken(self) -> list[_Piece[Item, Result]]:
        """Those whose turn it is, less the cancelled ones."""
        taken: list[_Piece[Item, Result]] = []
        with self._lock:
            while self._waiting and len(taken) < self._most:
                piece = self._waiting.popleft()
                # one that comes a second time, after a full memory, is running already
                if piece.done.running() or piece.done.set_running_or_notify_cancel():
                    taken.append(piece)
        return taken

    def _put_back(self, pieces: list[_Piece[Item, Result]]) -> None:
        self._relieve()
        if len(pieces) == 1:
            pieces[0].done.set_exception(DeviceFull())
            return
        with self._lock:
            self._most = len(pieces) // 2
            self._waiting.extendleft(reversed(pieces))
        for _ in pieces:
            self._thread.submit(self._round)
