"""Frames and windows a second on a device, as they are run there; see ``bench/kdtalker.py``.

Plain: float32, one frame after the other, each with all of its work, its bytes fetched; as
upstream does it. Engine: folded, batched, in half precision, in recorded kernels where the device
can record. The limit is the plain work of a frame at the device's dense matrix rate.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from deployments.kdtalker.kdtalker import loading
from deployments.kdtalker.kdtalker.appearance import AppearanceExtractor
from deployments.kdtalker.kdtalker.captured import Captured, Record, record_graph, rerun
from deployments.kdtalker.kdtalker.ddim import FRAMES, Sampler, window_noise
from deployments.kdtalker.kdtalker.drawing import Drawing
from deployments.kdtalker.kdtalker.generator import Generator
from deployments.kdtalker.kdtalker.keypoints import POINTS
from deployments.kdtalker.kdtalker.point import AUDIO_WIDTH, NUMBERS
from deployments.kdtalker.kdtalker.renderer import Renderer, as_bytes
from deployments.kdtalker.kdtalker.standin import read_rules, standin_net
from deployments.kdtalker.kdtalker.warping import Warping

GFLOP_A_FRAME = 1233.65
"""Warp and decode, as upstream computes them (2 a multiply-add, convolutions and matrices)."""
TERAFLOPS = {"H100": 800, "H200": 800}
"""Dense bfloat16 that is reached in practice, by a word in the device's name."""
MOST_PLAIN = 32
WINDOW_BATCHES = (1, 4)


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    device: torch.device
    dtype: torch.dtype

    @property
    def record(self) -> Record:
        return record_graph if self.device.type == "cuda" else rerun

    def wait(self) -> None:
        if self.device.type == "cuda":
            torch.cuda.synchronize()


def compare(device: str, dtype: str, batches: list[int], frames: int) -> None:
    place = Place(torch.device(device), getattr(torch, dtype))
    name = torch.cuda.get_device_name() if place.device.type == "cuda" else "processor"
    print(f"{name}, torch {torch.__version__}, {dtype}")
    plain = plain_rate(place, min(frames, MOST_PLAIN))
    print(f"{'plain, frame by frame':28}{plain:9.2f} frames/s")
    for batch in batches:
        rate = engine_rate(place, batch, max(frames, batch))
        print(
            f"{f'engine, batch {batch}':28}{rate:9.2f} frames/s{rate / plain:8.1f} × plain", end=""
        )
        print(share_of_limit(name, rate))
    for batch, plain_windows, recorded in window_rates(place):
        print(f"{f'motion, batch {batch}':28}{plain_windows:9.2f} windows/s", end="")
        print(f", recorded {recorded:.2f}: {recorded * FRAMES:.0f} frames/s")


def share_of_limit(name: str, rate: float) -> str:
    for word, teraflops in TERAFLOPS.items():
        if word in name:
            return f"{rate * GFLOP_A_FRAME / teraflops / 10:7.1f} % of the limit"
    return ""


@torch.inference_mode()
def plain_rate(place: Place, frames: int) -> float:
    warping, generator, appearance = nets(place)
    picture, rest, driving = scene(place, frames)
    feature = appearance(picture)

    def draw() -> None:
        for keypoints in driving.split(1):
            as_bytes(generator(warping(feature, keypoints, rest).map)).cpu()

    return frames / seconds(place, draw)


def engine_rate(place: Place, batch: int, frames: int) -> float:
    warping, generator, appearance = nets(place)
    cuda = place.device.type == "cuda"
    layout = torch.channels_last if cuda else torch.contiguous_format
    renderer = Renderer(appearance, warping, generator, place.dtype, layout)
    picture, rest, driving = scene(place, frames)
    drawing = Drawing(renderer, batch, record=place.record)
    source = renderer.source(picture, rest)
    drawing.warm_up(source)
    try:
        return frames / seconds(place, lambda: sum(1 for _ in drawing.frames(source, [driving])))
    finally:
        drawing.close()


def window_rates(place: Place) -> Iterator[tuple[int, float, float]]:
    """For each batch: windows a second, launched one kernel after the other, and recorded."""
    net = standin_net(loading.POINT, 0, read_rules()).to(place.device)
    sampler = Sampler(net)
    for batch in WINDOW_BATCHES:
        noise = torch.cat([window_noise(0, number) for number in range(batch)]).to(place.device)
        token = noise.new_zeros(batch, NUMBERS)
        heard = noise.new_ones(batch, FRAMES, AUDIO_WIDTH)
        asked = (token, token, heard, noise)
        recorded = Captured(sampler.sample, place.record)
        rates = [batch / seconds(place, run(each, asked)) for each in (sampler.sample, recorded)]
        yield batch, rates[0], rates[1]


def run(function: Callable[..., Tensor], inputs: tuple[Tensor, ...]) -> Callable[[], object]:
    return lambda: function(*inputs)


def seconds(place: Place, work: Callable[[], object]) -> float:
    """The second time: the first one chooses algorithms and takes memory."""
    for _ in range(2):
        place.wait()
        started = time.perf_counter()
        work()
        place.wait()
        spent = time.perf_counter() - started
    return spent


def nets(place: Place) -> tuple[Warping, Generator, AppearanceExtractor]:
    rules = read_rules()
    return (
        standin_net(loading.WARPING, 0, rules).to(place.device),
        standin_net(loading.GENERATOR, 0, rules).to(place.device),
        standin_net(loading.APPEARANCE, 0, rules).to(place.device),
    )


def scene(place: Place, frames: int) -> tuple[Tensor, Tensor, Tensor]:
    """A portrait, its keypoints, and those of the frames."""
    random = torch.Generator().manual_seed(0)
    picture = torch.rand(1, 3, 256, 256, generator=random)
    rest = torch.randn(1, POINTS, 3, generator=random) / 3
    driving = rest + torch.randn(frames, POINTS, 3, generator=random) / 30
    return picture.to(place.device), rest.to(place.device), driving.to(place.device)


if __name__ == "__main__":
    raise SystemExit("run it as python -m bench.kdtalker --device …")
