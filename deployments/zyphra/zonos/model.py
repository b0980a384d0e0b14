"""Zonos: prefix conditioning, backbone, nine embeddings and nine heads, each nine as one."""

from collections.abc import Mapping

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor, nn

from deployments.zyphra.zonos.backbone import Backbone
from deployments.zyphra.zonos.cache import Cache, make_cache
from deployments.zyphra.zonos.conditioning import PrefixConditioner
from deployments.zyphra.zonos.config import (
    CODEBOOKS,
    EMBEDDED,
    EOS,
    HEAD_ROWS,
    MASK,
    ZonosConfig,
)

Fused = dict[str, Tensor]

BRANCHES = 2
"""Rows of an utterance, next to each other: conditional, then unconditional."""


class Zonos(nn.Module):
    """``embeddings`` [9 x 1026, width] is one table, ``heads`` [9 x 1026, width] one matrix.

    Codebook k has the rows from 1026 k on; the heads' last row is zero and its logit -inf.
    """

    def __init__(self, config: ZonosConfig) -> None:
        super().__init__()
        self.config = config
        width = config.backbone.width
        self.prefix_conditioner = PrefixConditioner(config)
        self.backbone = Backbone(config.backbone)
        self.embeddings = nn.Parameter(torch.empty(CODEBOOKS * EMBEDDED, width))
        self.heads = nn.Parameter(torch.empty(CODEBOOKS * EMBEDDED, width))
        self.requires_grad_(False)

    @property
    def device(self) -> torch.device:
        return self.embeddings.device

    @property
    def dtype(self) -> torch.dtype:
        return self.embeddings.dtype

    def embed(self, columns: Tensor) -> Tensor:
        """Columns of codes [..., 9] -> the sums of their embeddings [..., width]."""
        offsets = torch.arange(CODEBOOKS, device=columns.device) * EMBEDDED
        return F.embedding(columns + offsets, self.embeddings).sum(-2)

    def logits(self, hidden: Tensor) -> Tensor:
        """Hidden states [..., width] -> float32 logits [..., 9, 1026]; the last column is -inf."""
        flat = F.linear(hidden, self.heads).float()
        logits = torch.unflatten(flat, -1, (CODEBOOKS, EMBEDDED))
        logits[..., MASK] = float("-inf")
        return logits

    def make_cache(self, rows: int, positions: int) -> Cache:
        return make_cache(self.config.backbone, rows, positions, self.device, self.dtype)


def guide(logits: Tensor, scale: Tensor) -> Tensor:
    """Classifier-free guidance: logits [2 B, 9, 1026] in pairs of branches, scale [B].

    Returns [B, 9, 1026] (SPEC 2.6); the column that is -inf stays so.
    """
    conditional, unconditional = torch.unflatten(logits, 0, (-1, BRANCHES)).unbind(1)
    guided = unconditional + (conditional - unconditional) * scale[:, None, None]
    guided[..., MASK] = float("-inf")
    return guided


def ban_eos(logits: Tensor) -> Tensor:
    """Only the first codebook may end the speech; logits [B, 9, 1026], changed in place."""
    logits[:, 1:, EOS] = float("-inf")
    return logits


def fuse(checkpoint: Mapping[str, Tensor], device: torch.device, dtype: torch.dtype) -> Fused:
    """The checkpoint under the names of this module, each tensor in its place and precision."""
    fused = {
        key: checkpoint[key].to(device, dtype)
        for key in checkpoint
        if not key.startswith(("embeddings.", "heads."))
    }
    for name, rows in (("embeddings", EMBEDDED), ("heads", HEAD_ROWS)):
        width = checkpoint[f"{name}.0.weight"].shape[1]
        table = torch.zeros(CODEBOOKS, EMBEDDED, width, device=device, dtype=dtype)
        for k in range(CODEBOOKS):
            table[k, :rows] = checkpoint[f"{name}.{k}.weight"].to(device, dtype)
        fused[name] = table.flatten(0, 1)
    return fused


def make_zonos(
    config: ZonosConfig,
    checkpoint: Mapping[str, Tensor],
    device: torch.device,
    dtype: torch.dtype,
) -> Zonos:
    """A model with these weights, ready to run. The checkpoint's keys must be the expected ones."""
    with torch.device("meta"):
        model = Zonos(config)
    model.load_state_dict(fuse(checkpoint, device, dtype), assign=True)
    return model.requires_grad_(False).eval()
