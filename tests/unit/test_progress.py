from typing import Any

import pytest

from pipeline.progress import Progress

pytestmark = pytest.mark.anyio


class Told:
    """A record that only remembers what is reported, and the clock beside it."""

    def __init__(self) -> None:
        self.now = 0.0
        self.reports: list[tuple[float, dict[str, Any]]] = []

    def clock(self) -> float:
        return self.now

    async def report(self, _step: str, progress: float, **scene: Any) -> None:
        self.reports.append((progress, scene))


def progress_of(told: Told, weights: dict[int, float]) -> Progress:
    return Progress(told, "speech", weights, told.clock)  # type: ignore[arg-type]


async def test_scenes_count_by_what_there_is_to_do_in_them() -> None:
    told = Told()
    progress = progress_of(told, {0: 10.0, 1: 30.0})
    await progress.scene(1, 0.5)
    assert told.reports == [(15 / 40, {"scene": 1, "scene_progress": 0.5})]


async def test_progress_is_told_four_times_a_second_at_most() -> None:
    told = Told()
    progress = progress_of(told, {0: 1.0})
    for hundredth in range(100):
        told.now = hundredth / 100
        await progress.scene(0, hundredth / 100)
    assert [share for share, _ in told.reports] == [0.0, 0.25, 0.5, 0.75]


async def test_a_scene_never_goes_back_and_a_step_is_not_whole_before_its_end() -> None:
    told = Told()
    progress = progress_of(told, {0: 1.0})
    for share in (0.9, 0.2, 7.0):
        told.now += 1
        await progress.scene(0, share)
    told.now += 1
    await progress.whole(2.0)
    assert [share for share, _ in told.reports] == [0.9, 0.9, 0.99, 0.99]
