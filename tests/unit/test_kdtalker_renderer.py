"""The deployment that draws for others, and its handle; without a cluster."""

import asyncio
import threading
from pathlib import Path

import numpy as np
import pytest
from ray import serve as ray_serve
from ray.serve.handle import DeploymentHandle
from torch import Tensor

from deployments.kdtalker.deployment import RendererReplica
from deployments.kdtalker.elsewhere import Renderers
from deployments.kdtalker.kdtalker.fast_warping import Source
from deployments.kdtalker.kdtalker.faults import RunLost
from deployments.kdtalker.kdtalker.rendering import RunRenderer
from deployments.kdtalker.kdtalker.run import Frames, Run
from deployments.kdtalker.renderer import Rendering, RunRequest
from deployments.kdtalker.setup import Setup
from pipeline.errors import DeviceMemoryFull, EngineUnavailable
from tests.kdtalker import (
    StandInRenderer,
    crop,
    direction,
    drawn,
    standin_performer,
    standin_run_renderer,
)

WAIT_SECONDS = 240


class StandIn:
    """A model that can always be had."""

    drawing = "stand-in"

    def __init__(self, renderer: RunRenderer | None = None) -> None:
        self._renderer = renderer or standin_run_renderer()

    def missing(self, engine: str) -> str | None:
        return None

    def renderer(self) -> RunRenderer:
        return self._renderer


def run(frames: int = 10) -> Run:
    random = np.random.default_rng(0)
    points = random.normal(0, 0.3, (frames + 1, 21, 3)).astype(np.float32)
    return Run(crop(), points[0], points[1:])


def render(rendering: Rendering, ask: RunRequest) -> Frames:
    return asyncio.run(rendering.draw(ask))


def test_a_run_is_drawn_and_its_portrait_looked_at_once() -> None:
    class Counting(StandInRenderer):
        looks = 0

        def source(self, picture: Tensor, keypoints: Tensor) -> Source:
            self.looks += 1
            return super().source(picture, keypoints)

    renderer = Counting()
    rendering = Rendering(StandIn(standin_run_renderer(renderer)))
    first, again = (render(rendering, RunRequest(run(), "stand-in")) for _ in range(2))
    assert first.shape == (10, 512, 512, 3)
    np.testing.assert_array_equal(first, again)
    assert renderer.looks == 1
    assert sum(renderer.batches) == 20


def test_a_run_for_other_files_or_another_precision_is_refused() -> None:
    with pytest.raises(EngineUnavailable, match="other ones"):
        render(Rendering(StandIn()), RunRequest(run(), "1-0123456789ab-float16"))


def test_without_its_files_a_replica_says_what_it_lacks(tmp_path: Path) -> None:
    replica = RendererReplica(tmp_path, Setup(device="cpu"))
    with pytest.raises(EngineUnavailable, match="lectern models pull kdtalker"):
        asyncio.run(replica.draw(RunRequest(run(), "any")))


def test_a_full_device_is_told_to_who_sent_the_run() -> None:
    rendering = Rendering(StandIn(standin_run_renderer(StandInRenderer(full_from=1))))
    with pytest.raises(DeviceMemoryFull):
        render(rendering, RunRequest(run(), "stand-in"))


def test_a_run_that_is_cancelled_is_drawn_no_further() -> None:
    class Held(StandInRenderer):
        begun, go = threading.Event(), threading.Event()

        def render(self, source: Source, driving: Tensor) -> Tensor:
            self.begun.set()
            assert self.go.wait(WAIT_SECONDS)
            return super().render(source, driving)

    renderer = Held()
    runs = standin_run_renderer(renderer, batch=4)

    async def cancelled() -> None:
        drawing = asyncio.create_task(Rendering(StandIn(runs)).draw(RunRequest(run(), "stand-in")))
        assert await asyncio.to_thread(renderer.begun.wait, WAIT_SECONDS)
        drawing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await drawing

    asyncio.run(cancelled())
    renderer.go.set()
    runs.close()
    assert sum(renderer.batches) <= 4


@ray_serve.deployment
class Remote:
    def __init__(self, drawing: str) -> None:
        model = StandIn()
        model.drawing = drawing
        self._rendering = Rendering(model)

    async def draw(self, ask: RunRequest) -> Frames:
        return await self._rendering.draw(ask)


@pytest.fixture
def handle(request: pytest.FixtureRequest) -> DeploymentHandle[object]:
    return ray_serve.run(Remote.bind(request.param), _local_testing_mode=True)


@pytest.mark.parametrize("handle", ["stand-in"], indirect=True)
def test_frames_come_through_the_handle_of_ray_serve(handle: DeploymentHandle[object]) -> None:
    heard: list[bool] = []
    others = Renderers(handle, lambda: "stand-in", heard.append)
    frames = others.draw(run()).result(WAIT_SECONDS)
    others.close()
    expected = render(Rendering(StandIn()), RunRequest(run(), "stand-in"))
    np.testing.assert_array_equal(frames, expected)
    assert heard == [True]


@pytest.mark.parametrize("handle", ["another"], indirect=True)
def test_a_refusal_through_the_handle_is_a_run_lost_and_the_scene_is_drawn(
    handle: DeploymentHandle[object],
) -> None:
    heard: list[bool] = []
    others = Renderers(handle, lambda: "stand-in", heard.append)
    with pytest.raises(RunLost):
        others.draw(run()).result(WAIT_SECONDS)
    assert heard == [False]
    alone, spread = standin_performer(), standin_performer(elsewhere=others)
    expected = drawn(alone.perform(crop(), direction(80)))
    np.testing.assert_array_equal(drawn(spread.perform(crop(), direction(80))), expected)
    for each in (alone, spread, others):
        each.close()
