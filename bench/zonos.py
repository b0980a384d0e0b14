"""How fast Zonos speaks, beside what the machine's memory allows.

    python -m bench.zonos [--precision float32] [--batch 1 4 8] [--threads 2]
    python -m bench.zonos --device cuda [--batch 1 8 32 64]
    python -m bench.zonos --memory

Stand-in weights: the work is that of the official ones. On a CPU, the decode step: it reads all
weights once, whatever the batch, and the keys and values of every row. Steps take turns with plain
reading of the same weights, and the median of their ratios counts, so that other work on the
machine slows both. On a device, whole utterances (``bench/zonos_device.py``), which needs no more
than torch, transformers and safetensors. OMP_WAIT_POLICY=passive helps where threads must share
their cores.
"""

import argparse
import json
from collections.abc import Callable
from importlib.resources import files
from statistics import median
from time import perf_counter
from typing import Any

import torch
from torch import Tensor

from bench import zonos_device
from deployments.zyphra.zonos.cache import bytes_a_row
from deployments.zyphra.zonos.checkpoint import checkpoint_shapes
from deployments.zyphra.zonos.columns import start_columns
from deployments.zyphra.zonos.config import (
    FRAMES_PER_SECOND,
    Variant,
    ZonosConfig,
    published_config,
    read_config,
)
from deployments.zyphra.zonos.generate import no_audio, step
from deployments.zyphra.zonos.memory import largest_batch, slot_bytes, weight_bytes
from deployments.zyphra.zonos.model import BRANCHES, Zonos, make_zonos
from deployments.zyphra.zonos.standin import StandIn

POSITION, SPAN = 500, 512
"""Where the utterances are: about five seconds of speech after their text."""
VARIANTS: tuple[Variant, ...] = ("transformer", "hybrid")
CARDS_GB = (24, 48, 80)
UTTERANCE_POSITIONS = 2840
"""About 250 rows of text and voice, 30 seconds of speech, and the delay."""
BESIDE_BYTES = 2e9
"""Codec and speaker network (0.7 GB in float32), CUDA's own, graphs."""


def config_of(size: str, variant: Variant) -> ZonosConfig:
    """The published configuration, or (``tiny``) the same with a small backbone."""
    if size == "full":
        return published_config(variant)
    file = files("deployments.zyphra.zonos") / f"config_{variant}.json"
    data: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    attention = [1, 3] if variant == "hybrid" else [0, 1, 2, 3]
    data["backbone"] |= {"d_model": 64, "n_layer": 4, "attn_layer_idx": attention}
    data["backbone"]["attn_mlp_d_intermediate"] = 128
    data["backbone"]["attn_cfg"] |= {"num_heads": 4, "num_heads_kv": 2, "rotary_emb_dim": 16}
    return read_config(data)


def make_model(asked: argparse.Namespace) -> Zonos:
    config = config_of(asked.size, asked.variant)
    weights = StandIn(checkpoint_shapes(config))
    return make_zonos(
        config, weights, torch.device(asked.device or "cpu"), getattr(torch, asked.precision)
    )


def streamed(model: Zonos) -> list[Tensor]:
    """The weights that a step reads: all of the backbone and the heads. The embeddings' few rows
    do not count."""
    return [*model.backbone.parameters(), model.heads]


def read(weights: list[Tensor]) -> None:
    """Reads them as fast as memory gives them."""
    for weight in weights:
        flat = weight.view(-1)
        flat[: len(flat) // 8 * 8].view(torch.int64).sum()


def seconds(work: Callable[[], object]) -> float:
    start = perf_counter()
    work()
    return perf_counter() - start


def compare_steps(model: Zonos, batch: int, rounds: int) -> None:
    columns = start_columns([no_audio()] * batch, [SPAN] * batch)
    cache, positions = model.make_cache(BRANCHES * batch, SPAN), torch.full((batch,), POSITION)
    weights = streamed(model)
    weight_size = sum(weight.nbytes for weight in weights)
    cached = BRANCHES * batch * bytes_a_row(model.config.backbone, POSITION, model.dtype)
    # what a step must read, in readings of the weights
    share = (weight_size + cached) / weight_size
    pairs = []
    for _ in range(rounds + 1):
        before = seconds(lambda: read(weights))
        took = seconds(lambda: step(model, columns, positions, cache))
        pairs.append((share * (before + seconds(lambda: read(weights))) / 2, took))
    limit, took = (median(times) for times in zip(*pairs[1:], strict=True))
    ratio = median(limit / took for limit, took in pairs[1:])
    print(
        f"{batch:5}   {(weight_size + cached) / 1e9:9.2f}   {1000 * limit:8.0f}   "
        f"{1000 * took:7.0f}   {ratio:12.0%}   {batch / took / FRAMES_PER_SECOND:26.3f}"
    )


def print_memory() -> None:
    """What an utterance of 30 seconds takes of a GPU, and how many fit beside the weights."""
    cards = "   ".join(f"{card} GB" for card in CARDS_GB)
    print(f"variant       weights, GB   KV and state, MB an utterance   {cards}")
    for variant in VARIANTS:
        config, dtype = published_config(variant), torch.bfloat16
        weights = weight_bytes(config, dtype)
        each = slot_bytes(config, UTTERANCE_POSITIONS, dtype)
        free = (card * 1e9 - weights - BESIDE_BYTES for card in CARDS_GB)
        most = (largest_batch(config, room, UTTERANCE_POSITIONS, dtype) for room in free)
        fitting = "   ".join(f"{count:5}" for count in most)
        print(f"{variant:11}   {weights / 1e9:11.2f}   {each / 1e6:29.0f}   {fitting}")


def main() -> None:
    parser = argparse.ArgumentParser(description="How fast Zonos speaks.")
    parser.add_argument("--memory", action="store_true", help="only print how many fit a card")
    parser.add_argument("--device", help="measure whole utterances there")
    parser.add_argument("--size", choices=("full", "tiny"), default="full")
    parser.add_argument("--variant", choices=VARIANTS, default="transformer")
    parser.add_argument("--precision", choices=("float32", "bfloat16"), default="bfloat16")
    parser.add_argument("--batch", type=int, nargs="+")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--frames", type=int, default=258, help="of each utterance on a device")
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    asked = parser.parse_args()
    torch.set_num_threads(asked.threads)
    if asked.memory:
        print_memory()
        return
    model = make_model(asked)
    if asked.device is not None:
        batches = asked.batch or [1, 8, 32, 64]
        zonos_device.compare(model, streamed(model), batches, asked.frames, asked.size == "full")
        return
    print(f"{asked.variant}, {asked.precision}, {asked.threads} threads")
    print("batch   GB a step   limit ms   step ms   of the limit   seconds of speech a second")
    with torch.inference_mode():
        for batch in asked.batch or [1, 4, 8]:
            compare_steps(model, batch, asked.rounds)


if __name__ == "__main__":
    main()
