"""How fast KDTalker's frames are drawn, beside the plain nets frame by frame.

Stand-in weights: the work is that of the official ones. Warp and decode of 512 × 512 pictures, in
one run. On a CPU, where processor time changes little on a busy machine and time on the clock does:
``python -m bench.kdtalker [--rounds 2] [--threads 2]``. On a device, with what surrounds the nets
there (``bench/kdtalker_device.py``), which needs no more than torch and NumPy:
``python -m bench.kdtalker --device cuda [--frames 256] [--batches 1 8 32] [--dtype bfloat16]``
"""

import argparse
import time
from collections.abc import Callable

import torch
from torch import Tensor
from torch.utils.flop_counter import FlopCounterMode

from bench import kdtalker_device
from deployments.kdtalker.kdtalker import loading
from deployments.kdtalker.kdtalker.fast_generator import FastGenerator
from deployments.kdtalker.kdtalker.fast_warping import FastWarping
from deployments.kdtalker.kdtalker.generator import Generator
from deployments.kdtalker.kdtalker.standin import read_rules, standin_net
from deployments.kdtalker.kdtalker.warping import Warping

BATCHES = (1, 4)
HEAD = f"{'':16} {'GFLOP':>8} {'cpu s':>8} {'clock s':>8} {'× plain':>8}   a frame"

Draw = Callable[[Tensor], Tensor]
"""Driving keypoints [B, 21, 3] to pictures."""


def main() -> None:
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--rounds", type=int, default=2)
    arguments.add_argument("--threads", type=int, default=2)
    arguments.add_argument("--device", help="measure as it is run there")
    arguments.add_argument("--frames", type=int, default=256)
    arguments.add_argument("--batches", type=int, nargs="+", default=[1, 8, 32])
    arguments.add_argument("--dtype", default="bfloat16")
    given = arguments.parse_args()
    torch.set_num_threads(given.threads)
    if given.device is not None:
        kdtalker_device.compare(given.device, given.dtype, given.batches, given.frames)
        return
    random = torch.Generator().manual_seed(0)
    feature = torch.randn(1, 32, 16, 64, 64, generator=random)
    source = torch.randn(1, 21, 3, generator=random) / 3
    driving = source + torch.randn(max(BATCHES), 21, 3, generator=random) / 30
    with torch.no_grad():
        compare(feature, source, driving, given.rounds)


def compare(feature: Tensor, source: Tensor, driving: Tensor, rounds: int) -> None:
    print(HEAD)
    plain = plain_drawing(feature, source)
    expected = plain(driving[:1])
    spent = row("plain", plain, driving[:1], rounds, None)
    fast = fast_drawing(feature, source)
    for batch in BATCHES:
        row(f"fast, batch {batch}", fast, driving[:batch], rounds, spent)
    off = (fast(driving[:1]) - expected).abs()
    print(f"pictures differ by at most {float(off.max()):.1e}, on the mean {float(off.mean()):.1e}")


def plain_drawing(feature: Tensor, source: Tensor) -> Draw:
    """All of it again for each frame: norms, spectral norms, the portrait's own part."""
    warping, generator = nets()
    return lambda driving: generator(warping(feature, driving, source).map)


def fast_drawing(feature: Tensor, source: Tensor) -> Draw:
    warping, generator = nets()
    fast_warping, fast_generator = FastWarping(warping), FastGenerator(generator)
    once = fast_warping.source(feature, source)
    return lambda driving: fast_generator(fast_warping(once.repeated(len(driving)), driving).map)


def nets() -> tuple[Warping, Generator]:
    rules = read_rules()
    return standin_net(loading.WARPING, 0, rules), standin_net(loading.GENERATOR, 0, rules)


def row(name: str, draw: Draw, driving: Tensor, rounds: int, plain: float | None) -> float:
    """Prints the best of the rounds, which others on the machine disturbed least; returns its
    processor seconds a frame."""
    with FlopCounterMode(display=False) as counter:
        draw(driving)
    frames = len(driving)
    work = counter.get_total_flops() / frames / 1e9
    times = [timed(draw, driving) for _ in range(rounds)]
    cpu, clock = (min(column) / frames for column in zip(*times, strict=True))
    gain = "" if plain is None else f"{plain / cpu:8.2f}"
    print(f"{name:16} {work:8.1f} {cpu:8.2f} {clock:8.2f} {gain:>8}")
    return cpu


def timed(draw: Draw, driving: Tensor) -> tuple[float, float]:
    cpu, clock = time.process_time(), time.perf_counter()
    draw(driving)
    return time.process_time() - cpu, time.perf_counter() - clock


if __name__ == "__main__":
    main()
