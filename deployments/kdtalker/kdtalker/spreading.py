"""Frames of one scene drawn here and elsewhere, and given out in order.

Here as much is drawn as the device can take. Runs are sent elsewhere while whoever takes the frames
has to wait for them, so nobody else works where one device is fast enough. Nothing ever depends on
the others: a run that they lose is sent once more and then drawn here; one that is waited for, with
nothing else left to do, is drawn here as well, and whichever comes first is taken.
"""

from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from itertools import islice
from typing import Any

import torch
from torch import Tensor

from deployments.kdtalker.kdtalker.drawing import Rgb
from deployments.kdtalker.kdtalker.faults import RunLost
from deployments.kdtalker.kdtalker.run import Frames

RUN = 32
"""Frames; 25 MB of pictures."""
HERE, OUT = 2, 3
"""Runs under way at a time: here one is drawn while another waits."""
AHEAD = 6
"""Runs of a scene in memory, drawn or not."""
READY = 2
"""Runs drawn and not yet taken: with so many nothing is sent."""
TRIES = 2
"""Times a run is sent before it is drawn here."""

Here = Callable[[Tensor], "list[Future[Rgb]]"]
"""A picture for each of [n, 21, 3], as they are drawn."""
Send = Callable[[Tensor], "Future[Frames]"]
"""Asks others for the same (``Elsewhere``)."""


class Spread:
    """One scene. ``here`` and ``send`` must draw the same."""

    def __init__(self, here: Here, send: Send) -> None:
        self._here, self._send = here, send
        self._window: deque[_Share] = deque()

    def frames(self, keypoints: Iterable[Tensor]) -> Generator[Rgb, None, None]:
        """A picture for each row of each [n, 21, 3]. Raises DeviceFull."""
        runs = (run for piece in keypoints for run in torch.split(piece, RUN))
        try:
            # more is sampled while the frames of the first run are waited for
            while self._window or self._more(runs):
                share = self._window[0]
                for number in range(len(share.driving)):
                    self._more(runs)
                    while (frame := share.frame(number)) is None:
                        if not self._more(runs):
                            self._wait(share, number)
                    yield frame
                self._window.popleft().end()
        finally:
            for share in self._window:
                share.end()

    def _more(self, runs: Iterator[Tensor]) -> bool:
        """One run more, if there is room for it and one left; and work for who has none."""
        some: list[Tensor] = []
        if len(self._window) < AHEAD:
            some = list(islice(runs, 1))
            self._window += map(_Share, some)
        self._deal()
        return bool(some)

    def _deal(self) -> None:
        here = sum(share.busy_here for share in self._window)
        out = sum(share.out_now for share in self._window)
        ready = sum(share.drawn for share in self._window)
        for share in self._window:
            if not share.waiting:
                continue
            if here < HERE:
                share.here = self._here(share.driving)
                here += 1
            elif out < OUT and ready < READY and share.tries < TRIES:
                share.out = self._send(share.driving)
                share.tries += 1
                out += 1

    def _wait(self, share: "_Share", number: int) -> None:
        """Until something changes. ``share`` is waited for: nobody here may be idle meanwhile."""
        if not share.here and not any(each.busy_here for each in self._window):
            share.here = self._here(share.driving)
        wait([f for each in self._window for f in each.news(number)], return_when=FIRST_COMPLETED)


class _Share:
    """A run and who draws it: nobody yet, we here, others elsewhere, or both."""

    def __init__(self, driving: Tensor) -> None:
        self.driving = driving
        self.here: list[Future[Rgb]] = []
        self.out: Future[Frames] | None = None
        self.tries = 0

    @property
    def waiting(self) -> bool:
        return not self.here and (self.out is None or _lost(self.out))

    @property
    def busy_here(self) -> bool:
        # one after the other
        return bool(self.here) and not self.here[-1].done()

    @property
    def out_now(self) -> bool:
        return self.out is not None and not self.out.done()

    @property
    def drawn(self) -> bool:
        return self._pictures is not None or (bool(self.here) and self.here[-1].done())

    @property
    def _pictures(self) -> Frames | None:
        if self.out is None or not self.out.done() or _lost(self.out):
            return None
        return self.out.result()

    def frame(self, number: int) -> Rgb | None:
        pictures = self._pictures
        if pictures is not None:
            picture: Rgb = pictures[number]
            return picture
        if self.here and self.here[number].done():
            return self.here[number].result()
        return None

    def news(self, number: int) -> list["Future[Any]"]:
        """What is under way, by the next thing to come of it."""
        out = [self.out] if self.out is not None else []
        here = self.here[number : number + 1] + self.here[-1:]
        return [future for future in [*out, *here] if not future.done()]

    def end(self) -> None:
        """Nobody wants it any more."""
        for future in [*self.here, *([self.out] if self.out is not None else [])]:
            future.cancel()


def _lost(out: "Future[Frames]") -> bool:
    return out.done() and isinstance(out.exception(), RunLost)
