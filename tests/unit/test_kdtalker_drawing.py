"""Frames of several scenes at once: each comes back as it would alone, in its order."""

import threading
from concurrent.futures import CancelledError, ThreadPoolExecutor
from itertools import islice

import numpy as np
import pytest
import torch
from torch import Tensor

from deployments.kdtalker.kdtalker.captured import Captured, rerun
from deployments.kdtalker.kdtalker.drawing import Drawing, sizes
from deployments.kdtalker.kdtalker.faults import DeviceFull
from deployments.kdtalker.kdtalker.together import Together
from tests.kdtalker import StandInRenderer, crop, direction, drawn, standin_performer

WAIT_SECONDS = 240


def test_mixed_portraits_in_one_batch_are_what_they_are_alone() -> None:
    renderer = StandInRenderer()
    drawing = Drawing(renderer, 8)
    random = torch.Generator().manual_seed(0)
    pictures = torch.rand(3, 1, 3, 256, 256, generator=random)
    points = torch.randn(3, 1, 21, 3, generator=random)
    sources = [renderer.source(picture, at) for picture, at in zip(pictures, points, strict=True)]
    driving = torch.randn(3, 10, 21, 3, generator=random) / 3
    alone = [drawn(drawing.frames(s, [d])) for s, d in zip(sources, driving, strict=True)]
    with ThreadPoolExecutor(3) as scenes:
        at_once = list(scenes.map(lambda s, d: drawn(drawing.frames(s, [d])), sources, driving))
    drawing.close()
    for one, other in zip(alone, at_once, strict=True):
        np.testing.assert_array_equal(one, other)


def test_what_waits_for_several_scenes_goes_into_one_batch() -> None:
    begun, go = threading.Event(), threading.Event()
    batches: list[list[int]] = []

    def work(items: list[int]) -> list[int]:
        begun.set()
        assert go.wait(WAIT_SECONDS)
        batches.append(list(items))
        return [item * 10 for item in items]

    together: Together[int, int] = Together(work, 4)
    first = together.submit([0])
    assert begun.wait(WAIT_SECONDS)
    scenes = [together.submit([1, 2]), together.submit([3]), together.submit([4, 5])]
    go.set()
    done = [future.result() for scene in [first, *scenes] for future in scene]
    together.close()
    assert done == [0, 10, 20, 30, 40, 50]
    assert batches == [[0], [1, 2, 3, 4], [5]]


def test_a_full_memory_halves_the_batch_and_loses_nothing() -> None:
    roomy, tight = StandInRenderer(), StandInRenderer(full_from=3)
    whole = standin_performer(roomy, batch=8)
    halved = standin_performer(tight, batch=8)
    expected = drawn(whole.perform(crop(), direction(30)))
    np.testing.assert_array_equal(drawn(halved.perform(crop(), direction(30))), expected)
    assert max(roomy.batches) == 8
    assert max(tight.batches) == 2
    whole.close()
    halved.close()


def test_a_memory_too_small_for_one_frame_is_said() -> None:
    performer = standin_performer(StandInRenderer(full_from=1))
    with pytest.raises(DeviceFull):
        drawn(performer.perform(crop(), direction(5)))
    performer.close()


def test_work_that_fails_fails_for_who_waits_and_for_nobody_after() -> None:
    def work(items: list[int]) -> list[int]:
        return [10 // item for item in items]

    together: Together[int, int] = Together(work, 1)
    wrong, right = together.submit([0, 5])
    with pytest.raises(ZeroDivisionError):
        wrong.result()
    assert right.result() == 2
    together.close()


def test_a_scene_that_is_left_draws_no_more() -> None:
    renderer = StandInRenderer()
    performer = standin_performer(renderer, batch=4)
    pictures = performer.perform(crop(), direction(500))
    assert len(list(islice(pictures, 3))) == 3
    pictures.close()
    # done after all that was still asked for
    drawn(performer.perform(crop(1), direction(1)))
    assert sum(renderer.batches) <= 3 + 2 * 4 + 1
    performer.close()


def test_pieces_cancelled_before_their_turn_are_left_out() -> None:
    begun, go = threading.Event(), threading.Event()
    seen: list[int] = []

    def work(items: list[int]) -> list[int]:
        begun.set()
        assert go.wait(WAIT_SECONDS)
        seen.extend(items)
        return list(items)

    together: Together[int, int] = Together(work, 1)
    first, second, third = together.submit([1, 2, 3])
    assert begun.wait(WAIT_SECONDS)
    assert second.cancel()
    go.set()
    assert (first.result(), third.result()) == (1, 3)
    with pytest.raises(CancelledError):
        second.result()
    assert seen == [1, 3]
    together.close()


def test_recorded_batches_are_filled_up_and_draw_the_same() -> None:
    plain, recorded = StandInRenderer(), StandInRenderer()
    one, other = standin_performer(plain, 8), standin_performer(recorded, 8, rerun)
    for frames in (1, 5, 30):
        expected = drawn(one.perform(crop(), direction(frames)))
        got = drawn(other.perform(crop(), direction(frames)))
        np.testing.assert_array_equal(got, expected)
    assert set(recorded.batches) <= set(sizes(8))
    assert not set(plain.batches) <= set(sizes(8))
    one.close()
    other.close()


@pytest.mark.parametrize(("most", "expected"), [(1, [1]), (2, [1, 2]), (6, [1, 2, 4, 6])])
def test_sizes_are_powers_of_two_and_the_largest(most: int, expected: list[int]) -> None:
    assert sizes(most) == expected


def test_a_recording_reads_its_own_buffers_and_nobody_elses() -> None:
    recordings = 0

    def record(work):  # type: ignore[no-untyped-def]
        nonlocal recordings
        recordings += 1
        return rerun(work)

    def double(x: Tensor, y: Tensor) -> Tensor:
        return x * 2 + y

    captured = Captured(double, record)
    kept = []
    for value in range(4):
        x, y = torch.full((3,), float(value)), torch.ones(1).expand(3)
        kept.append(captured(x, y))
        x.zero_()
    assert [result.tolist() for result in kept] == [[2.0 * v + 1] * 3 for v in range(4)]
    captured(torch.ones(5), torch.ones(5))
    assert recordings == 2
    captured.forget()
    captured(torch.ones(5), torch.ones(5))
    assert recordings == 3
