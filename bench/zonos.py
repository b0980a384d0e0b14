"""How fast Zonos' decode step is on this machine's CPU, beside what its memory allows.

    python bench/zonos.py [--precision bfloat16] [--batch 1 4 8] [--threads 2]

The transformer at full size with stand-in weights (6.5 GB in float32). A step reads all weights
once, whatever the batch, and the keys and values of every row; the limit is the time that reading
takes at the bandwidth measured in the same run.
"""

import argparse
from collections.abc import Callable
from math import prod
from time import perf_counter

import torch

from deployments.zyphra.zonos.cache import bytes_a_row
from deployments.zyphra.zonos.checkpoint import checkpoint_shapes
from deployments.zyphra.zonos.columns import start_columns
from deployments.zyphra.zonos.config import FRAMES_PER_SECOND, Variant, published_config
from deployments.zyphra.zonos.generate import no_audio, step
from deployments.zyphra.zonos.model import BRANCHES, Zonos, make_zonos
from deployments.zyphra.zonos.standin import StandIn

POSITION, SPAN = 500, 512
"""Where the utterances are: about five seconds of speech after their text."""
READ_BYTES = 2 << 30
VARIANTS: tuple[Variant, ...] = ("transformer", "hybrid")
CARDS_GB = (24, 48, 80)
UTTERANCE_POSITIONS = 2840
"""About 250 rows of text and voice, 30 seconds of speech, and the delay."""
BESIDE_BYTES = 2.5e9
"""Codec and speaker network (0.7 GB in float32), activations, CUDA's own."""


def milliseconds(work: Callable[[], object], rounds: int) -> float:
    """The fastest of ``rounds`` runs, after one that does not count: what else runs on the machine
    only makes it slower."""
    times = []
    for _ in range(rounds + 1):
        start = perf_counter()
        work()
        times.append(1000 * (perf_counter() - start))
    return min(times[1:])


def bandwidth() -> float:
    """Bytes a millisecond at which memory is read, from the sum of a tensor larger than caches."""
    values = torch.ones(READ_BYTES // 8, dtype=torch.int64)
    return READ_BYTES / milliseconds(values.sum, 5)


def step_bytes(model: Zonos, batch: int) -> int:
    """What one step reads: backbone and heads (the embeddings' few rows do not count), and keys
    and values up to POSITION."""
    weights = sum(p.numel() for p in model.backbone.parameters()) + model.heads.numel()
    cached = BRANCHES * batch * bytes_a_row(model.config.backbone, POSITION, model.dtype)
    return weights * model.dtype.itemsize + cached


def step_milliseconds(model: Zonos, batch: int, rounds: int) -> float:
    columns = start_columns([no_audio()] * batch, [SPAN] * batch)
    cache = model.make_cache(BRANCHES * batch, SPAN)
    positions = torch.full((batch,), POSITION)
    return milliseconds(lambda: step(model, columns, positions, cache), rounds)


def print_memory() -> None:
    """What an utterance of 30 seconds takes of a GPU, and how many fit beside the weights."""
    print(
        "variant       KV and state, MB an utterance   " + "   ".join(f"{c} GB" for c in CARDS_GB)
    )
    for variant in VARIANTS:
        config = published_config(variant)
        weights = 2 * sum(prod(shape) for shape in checkpoint_shapes(config).values())
        each = BRANCHES * bytes_a_row(config.backbone, UTTERANCE_POSITIONS, torch.bfloat16)
        room = (card * 1e9 - weights - BESIDE_BYTES for card in CARDS_GB)
        fitting = "   ".join(f"{int(left // each):5}" for left in room)
        print(f"{variant:11}   {each / 1e6:28.0f}   {fitting}")


def main() -> None:
    parser = argparse.ArgumentParser(description="The CPU's decode step of Zonos.")
    parser.add_argument("--precision", choices=("float32", "bfloat16"), default="float32")
    parser.add_argument("--batch", type=int, nargs="+", default=[1, 4, 8])
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    asked = parser.parse_args()
    torch.set_num_threads(asked.threads)
    speed = bandwidth()
    print(f"memory is read at {speed / 1e6:.1f} GB/s by {asked.threads} threads; {asked.precision}")
    config = published_config("transformer")
    weights = StandIn(checkpoint_shapes(config))
    model = make_zonos(config, weights, torch.device("cpu"), getattr(torch, asked.precision))
    print("batch   GB a step   limit ms   step ms   of the limit   seconds of speech a second")
    for batch in asked.batch:
        with torch.inference_mode():
            took = step_milliseconds(model, batch, asked.rounds)
        read = step_bytes(model, batch)
        limit = read / speed
        real_time = batch * 1000 / took / FRAMES_PER_SECOND
        print(
            f"{batch:5}   {read / 1e9:9.2f}   {limit:8.0f}   {took:7.0f}"
            f"   {limit / took:12.0%}   {real_time:26.3f}"
        )
    print(f"memory is read at {bandwidth() / 1e6:.1f} GB/s, measured again")
    print_memory()


if __name__ == "__main__":
    main()
