"""A scene's faces drawn here and elsewhere: the same frames, in order, whoever is lost."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import count, islice

import numpy as np
import pytest
import torch
from torch import Tensor

from deployments.kdtalker.kdtalker.drawing import Rgb
from deployments.kdtalker.kdtalker.fast_warping import Source
from deployments.kdtalker.kdtalker.faults import DeviceFull, RunLost
from deployments.kdtalker.kdtalker.run import Frames, Run
from deployments.kdtalker.kdtalker.spreading import AHEAD, HERE, OUT, RUN, TRIES, Spread
from tests.kdtalker import (
    StandInRenderer,
    crop,
    direction,
    drawn,
    standin_performer,
    standin_run_renderer,
)

WAIT_SECONDS = 240
FRAMES = 7 * 32 - 10
SIDE = 32
"""Of the pictures, in pixels: hundreds are drawn, and compared by their bytes."""


class Others:
    """Another process with the same renderer, as if it were far away."""

    def __init__(self) -> None:
        self.renderer = StandInRenderer(side=SIDE)
        self.runs: list[Run] = []
        self._drawer = standin_run_renderer(self.renderer)
        self._threads = ThreadPoolExecutor(2)

    def draw(self, run: Run) -> "Future[Frames]":
        self.runs.append(run)
        return self._threads.submit(self.drawn, run)

    def drawn(self, run: Run) -> Frames:
        frames = np.stack([future.result() for future in self._drawer.start(run)])
        # as they come out of shared memory
        frames.setflags(write=False)
        return frames

    def close(self) -> None:
        self._threads.shutdown()
        self._drawer.close()


class Losing(Others):
    """Loses every run, or every second one."""

    def __init__(self, every: int) -> None:
        super().__init__()
        self._every = every

    def drawn(self, run: Run) -> Frames:
        if len(self.runs) % self._every == 0:
            raise RunLost
        return super().drawn(run)


class Silent(Others):
    """Nobody is there."""

    def __init__(self) -> None:
        super().__init__()
        self.out: list[Future[Frames]] = []

    def draw(self, run: Run) -> "Future[Frames]":
        self.runs.append(run)
        self.out.append(Future())
        return self.out[-1]


class Waiting(StandInRenderer):
    """Draws nothing before it may."""

    def __init__(self) -> None:
        super().__init__(side=SIDE)
        self.go = threading.Event()

    def render(self, source: Source, driving: Tensor) -> Tensor:
        assert self.go.wait(WAIT_SECONDS)
        return super().render(source, driving)


@pytest.fixture(scope="module")
def alone() -> Rgb:
    performer = standin_performer(StandInRenderer(side=SIDE))
    frames = drawn(performer.perform(crop(), direction(FRAMES)))
    performer.close()
    return frames


@pytest.mark.parametrize("others", [Others, lambda: Losing(2), lambda: Losing(1)])
def test_whoever_draws_them_the_frames_are_the_same(
    others: Callable[[], Others], alone: Rgb
) -> None:
    elsewhere = others()
    performer = standin_performer(StandInRenderer(side=SIDE), elsewhere=elsewhere)
    frames = drawn(performer.perform(crop(), direction(FRAMES)))
    performer.close()
    elsewhere.close()
    np.testing.assert_array_equal(frames, alone)


def test_others_draw_while_this_device_is_busy(alone: Rgb) -> None:
    here, come = Waiting(), count(1)

    class Helping(Others):
        def draw(self, run: Run) -> "Future[Frames]":
            frames = super().draw(run)
            frames.add_done_callback(self.told)
            return frames

        def told(self, _: "Future[Frames]") -> None:
            # when they have come, not when they are drawn: else this device may draw them as well
            if next(come) == 2:
                here.go.set()

    others = Helping()
    performer = standin_performer(here, elsewhere=others)
    frames = drawn(performer.perform(crop(), direction(FRAMES)))
    performer.close()
    others.close()
    np.testing.assert_array_equal(frames, alone)
    assert sum(here.batches) + sum(others.renderer.batches) >= FRAMES
    assert sum(here.batches) <= FRAMES - 2 * RUN


def test_a_run_that_is_lost_again_and_again_is_drawn_here() -> None:
    others = Losing(1)
    performer = standin_performer(StandInRenderer(side=SIDE), elsewhere=others)
    drawn(performer.perform(crop(), direction(FRAMES)))
    performer.close()
    others.close()
    sent = [run.driving.tobytes() for run in others.runs]
    assert max(map(sent.count, sent), default=0) <= TRIES


def test_who_leaves_ends_what_is_under_way_elsewhere() -> None:
    here, others = Waiting(), Silent()
    performer = standin_performer(here, elsewhere=others)
    pictures = performer.perform(crop(), direction(FRAMES))
    with ThreadPoolExecutor(1) as thread:
        first = thread.submit(next, pictures)
        _until(lambda: len(others.out) == OUT)
        here.go.set()
        first.result()
        pictures.close()
    performer.close()
    others.close()
    assert all(future.cancelled() for future in others.out)


def test_nobody_waits_for_others_who_never_answer(alone: Rgb) -> None:
    others = Silent()
    performer = standin_performer(StandInRenderer(side=SIDE), elsewhere=others)
    frames = drawn(performer.perform(crop(), direction(FRAMES)))
    performer.close()
    others.close()
    np.testing.assert_array_equal(frames, alone)
    assert all(future.cancelled() for future in others.out)


def test_a_full_device_is_said_though_others_draw() -> None:
    performer = standin_performer(StandInRenderer(full_from=1), elsewhere=Silent())
    with pytest.raises(DeviceFull):
        drawn(performer.perform(crop(), direction(5)))
    performer.close()


def _until(holds: Callable[[], bool]) -> None:
    tick = threading.Event()
    for _ in range(WAIT_SECONDS * 100):
        if holds():
            return
        tick.wait(0.01)
    raise AssertionError("it never came to be")


class Hands:
    """Both who draw, by hand: every future is done when the test says so."""

    def __init__(self, quick: bool = False) -> None:
        self.quick = quick
        self.here: list[list[Future[Rgb]]] = []
        self.out: list[Future[Frames]] = []
        self.sampled = 0

    def keypoints(self, runs: int) -> Iterator[Tensor]:
        for _ in range(runs):
            self.sampled += 1
            yield torch.zeros(RUN, 21, 3)

    def start(self, driving: Tensor) -> "list[Future[Rgb]]":
        self.here.append([Future() for _ in driving])
        if self.quick:
            self.finish(self.here[-1])
        return self.here[-1]

    def send(self, driving: Tensor) -> "Future[Frames]":
        self.out.append(Future())
        # what is out is done at once, too: so nothing is left to wait for
        self.out[-1].set_result(np.ones((len(driving), 1, 1, 3), np.uint8))
        if not self.quick:
            self.finish(self.here[0])
        return self.out[-1]

    @staticmethod
    def finish(futures: "list[Future[Rgb]]") -> None:
        for future in futures:
            if not future.done():
                future.set_result(np.zeros((1, 1, 3), np.uint8))


def test_a_device_that_is_fast_enough_draws_alone() -> None:
    hands = Hands(quick=True)
    assert len(list(Spread(hands.start, hands.send).frames(hands.keypoints(20)))) == 20 * RUN
    assert not hands.out
    assert len(hands.here) == 20


def test_no_more_is_drawn_or_sampled_than_is_kept() -> None:
    hands = Hands(quick=True)
    frames = Spread(hands.start, hands.send).frames(hands.keypoints(50))
    assert len(list(islice(frames, RUN))) == RUN
    assert hands.sampled <= AHEAD
    frames.close()


def test_frames_of_others_stand_in_their_place() -> None:
    hands = Hands()
    frames = Spread(hands.start, hands.send).frames(hands.keypoints(HERE + 1))
    taken = [int(frame.max()) for frame in islice(frames, RUN)]
    hands.finish(hands.here[1])
    taken += [int(frame.max()) for frame in frames]
    assert taken == [0] * HERE * RUN + [1] * RUN
