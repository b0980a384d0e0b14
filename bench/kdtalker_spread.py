"""What it costs that another replica draws: runs of faces through a real handle of Ray Serve.

``python -m bench.kdtalker_spread`` starts a Ray head of its own and two replicas whose nets are
replaced by something quick, so that what is measured is the way there and back. It also holds a
scene that was spread against the same scene drawn by one process, and kills the replicas meanwhile.
"""

import os
import statistics
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import psutil
import ray
from ray import serve as ray_serve
from ray.serve.handle import DeploymentHandle
from torch import Tensor

from deployments.kdtalker.elsewhere import Renderers
from deployments.kdtalker.kdtalker.fast_warping import Source
from deployments.kdtalker.kdtalker.rendering import RunRenderer
from deployments.kdtalker.kdtalker.run import Frames, Run
from deployments.kdtalker.renderer import Rendering, RunRequest
from tests.kdtalker import (
    StandInRenderer,
    crop,
    direction,
    drawn,
    standin_performer,
    standin_run_renderer,
)

SIZES = (8, 25, 32, 50)
TIMES = 15
SCENE = 600
LOOPBACK = "127.0.0.1"
SLOW_SECONDS = 0.02


class Slow(StandInRenderer):
    """A device that is busy for a while with each batch, so that others are asked."""

    def render(self, source: Source, driving: Tensor) -> Tensor:
        time.sleep(SLOW_SECONDS * len(driving))
        return super().render(source, driving)


class Quick:
    drawing = "stand-in"

    def __init__(self) -> None:
        self._renderer = standin_run_renderer(batch=16)

    def missing(self, _engine: str) -> str | None:
        return None

    def renderer(self) -> RunRenderer:
        return self._renderer


@ray_serve.deployment(num_replicas=2, max_ongoing_requests=4, health_check_period_s=1)
class Renderer:
    def __init__(self) -> None:
        self._rendering = Rendering(Quick())

    async def draw(self, ask: RunRequest) -> Frames:
        return await self._rendering.draw(ask)

    async def echo(self, ask: RunRequest) -> Frames:
        """The same bytes there and back, with nothing drawn."""
        return np.full((len(ask.run.driving), 512, 512, 3), 128, np.uint8)

    async def pid(self) -> int:
        return os.getpid()


def main() -> None:
    if sys.argv[1:]:
        _measured(sys.argv[1])
        return
    # before ray is imported: the loopback only, and no token left behind
    environment = {"RAY_AUTH_MODE": "disabled", "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0"}
    with TemporaryDirectory(prefix="lectern-bench-", dir="/tmp") as folder:
        command = [sys.executable, "-m", "bench.kdtalker_spread", folder]
        subprocess.run(command, env={**os.environ, **environment}, check=True)


def _measured(folder: str) -> None:
    ray.init(
        address="local",
        num_cpus=4,
        include_dashboard=False,
        object_store_memory=512 * 2**20,
        log_to_driver=False,
        _node_ip_address=LOOPBACK,
        _temp_dir=folder,
    )
    try:
        handle = ray_serve.run(Renderer.bind(), route_prefix=None)
        _overhead(handle)
        _scene(handle)
    finally:
        ray.shutdown()


def _overhead(handle: DeploymentHandle[Any]) -> None:
    print("| frames | MB | p50 ms | p90 ms | ms a frame |")
    print("|---|---|---|---|---|")
    for size in SIZES:
        points = np.zeros((size, 21, 3), np.float32)
        ask = RunRequest(Run(crop(), points[0], points), "stand-in")
        taken = []
        for _ in range(TIMES):
            started = time.perf_counter()
            frames = handle.echo.remote(ask).result()
            taken.append((time.perf_counter() - started) * 1000)
            megabytes = frames.nbytes / 1e6
        p50, p90 = statistics.median(taken), statistics.quantiles(taken, n=10)[-1]
        print(f"| {size} | {megabytes:.0f} | {p50:.0f} | {p90:.0f} | {p50 / size:.2f} |")


def _scene(handle: DeploymentHandle[Any]) -> None:
    pids = {handle.pid.remote().result() for _ in range(TIMES)}
    heard: list[bool] = []
    others = Renderers(handle, lambda: "stand-in", heard.append)
    alone, spread = standin_performer(Slow(), 16), standin_performer(Slow(), 16, elsewhere=others)
    started = time.perf_counter()
    expected = drawn(alone.perform(crop(), direction(SCENE)))
    whole = time.perf_counter() - started
    with ThreadPoolExecutor(1) as thread:
        started = time.perf_counter()
        scene = thread.submit(lambda: drawn(spread.perform(crop(), direction(SCENE))))
        while not heard:
            time.sleep(0.01)
        for pid in pids:
            psutil.Process(pid).kill()
        got = scene.result()
    same = np.array_equal(got, expected)
    print(
        f"{SCENE} frames: alone {whole:.1f} s, spread {time.perf_counter() - started:.1f} s with "
        f"{len(pids)} replicas killed; {sum(heard)} runs came, {heard.count(False)} were lost; "
        f"the same frames: {same}"
    )
    for each in (alone, spread, others):
        each.close()


if __name__ == "__main__":
    main()
