"""How much of a GPU's memory a batch takes, and how large it may be."""

from math import prod

import torch

from deployments.zyphra.zonos.cache import POSITIONS_MULTIPLE, bytes_a_row
from deployments.zyphra.zonos.checkpoint import checkpoint_shapes
from deployments.zyphra.zonos.config import CODEBOOKS, EMBEDDED, ZonosConfig
from deployments.zyphra.zonos.generate import PREFILL_CHUNK
from deployments.zyphra.zonos.model import BRANCHES

LOGITS_COPIES = 12
"""Float32 numbers a code and branch that a step holds at once while it draws: logits, guided ones,
penalty, noise (from 64-bit integers), probabilities, and what a filter sorts."""
LAYER_COPIES = 4
"""Of a layer's widest result, that live at the same time."""


def weight_bytes(config: ZonosConfig, dtype: torch.dtype) -> int:
    return dtype.itemsize * sum(prod(shape) for shape in checkpoint_shapes(config).values())


def slot_bytes(config: ZonosConfig, positions: int, dtype: torch.dtype) -> int:
    """Keys, values and states of both branches of one utterance."""
    positions = -(-positions // POSITIONS_MULTIPLE) * POSITIONS_MULTIPLE
    return BRANCHES * bytes_a_row(config.backbone, positions, dtype)


def work_bytes(config: ZonosConfig, dtype: torch.dtype) -> int:
    """What a chunk of a prefill needs in between, whatever the batch."""
    return BRANCHES * PREFILL_CHUNK * _layer_bytes(config, dtype)


def largest_batch(
    config: ZonosConfig, bytes_free: float, positions: int, dtype: torch.dtype
) -> int:
    """How many utterances of ``positions`` positions fit into what is free once the weights are
    loaded; one slot more is for the prefill beside them. 0 where not even one fits."""
    slot = slot_bytes(config, positions, dtype)
    columns = 8 * CODEBOOKS * positions
    step = BRANCHES * (4 * LOGITS_COPIES * CODEBOOKS * EMBEDDED + _layer_bytes(config, dtype))
    room = bytes_free - slot - work_bytes(config, dtype)
    return max(0, int(room // (slot + columns + step)))


def _layer_bytes(config: ZonosConfig, dtype: torch.dtype) -> int:
    """Of one position of one branch."""
    backbone = config.backbone
    widest = 2 * backbone.mlp_width
    if backbone.mamba is not None:
        widest = max(widest, 2 * (backbone.mamba.inner + backbone.mamba.channels))
    return LAYER_COPIES * widest * dtype.itemsize
