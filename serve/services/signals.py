"""What Ctrl-C, SIGTERM and a closed terminal do to us, for a while.

In a thread other than the main one these change nothing: signals never interrupt such a thread.
"""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@contextmanager
def set_by_signals() -> Iterator[threading.Event]:
    """An event that the signals set; they do nothing else inside."""
    stopped = threading.Event()
    with _handled(lambda _number, _frame: stopped.set()):
        yield stopped


@contextmanager
def interrupted_by_signals() -> Iterator[None]:
    """Inside, each of the signals raises KeyboardInterrupt, as Ctrl-C does."""
    with _handled(_interrupt):
        yield


@contextmanager
def undisturbed() -> Iterator[None]:
    """The signals wait until the block has ended."""
    came: list[int] = []
    with _handled(lambda number, _frame: came.append(number)):
        yield
    for number in came:
        signal.raise_signal(number)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


@contextmanager
def _handled(handler: Callable[[int, FrameType | None], object]) -> Iterator[None]:
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, handler) for number in STOPPING}
    try:
        yield
    finally:
        for number, old in before.items():
            signal.signal(number, old)
