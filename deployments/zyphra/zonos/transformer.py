"""Attention with grouped heads, and the gated MLP (SPEC 2.2)."""

from dataclasses import dataclass

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor, nn

from deployments.zyphra.zonos.cache import KvCache
from deployments.zyphra.zonos.config import BackboneConfig
from deployments.zyphra.zonos.rotary import Rotary, rotary


@dataclass(frozen=True, slots=True)
class Place:
    """Where the rows of a forward pass stand; the same for every layer.

    ``positions`` [rows, time]; ``rows`` [rows, 1]; ``mask`` [rows, 1, group x time, span] is 0
    where a query sees a position of its slot and -inf elsewhere.
    """

    positions: Tensor
    rows: Tensor
    mask: Tensor
    rotary: Rotary


def place(config: BackboneConfig, positions: Tensor, span: int, dtype: torch.dtype) -> Place:
    """A query at position p sees the positions 0..p of its slot: causal in a prefill, in a later
    chunk of one and in a decode step alike, each row by itself."""
    keys = torch.arange(span, device=positions.device)
    mask = torch.zeros(*positions.shape, span, device=positions.device, dtype=dtype)
    mask.masked_fill_(keys > positions[..., None], float("-inf"))
    group = config.heads // config.kv_heads
    return Place(
        positions=positions,
        rows=torch.arange(len(positions), device=positions.device)[:, None],
        mask=mask[:, None].repeat(1, group, 1, 1).flatten(1, 2)[:, None],
        rotary=rotary(positions, config.head_width, config.rotary_interleaved, dtype),
    )


class Attention(nn.Module):
    def __init__(self, config: BackboneConfig) -> None:
        super().__init__()
        self.heads = [config.heads, config.kv_heads, config.kv_heads]
        self.head_width = config.head_width
        packed = sum(self.heads) * config.head_width
        self.in_proj = nn.Linear(config.width, packed, bias=False)
        self.out_proj = nn.Linear(config.width, config.width, bias=False)

    def forward(self, x: Tensor, at: Place, cache: KvCache) -> Tensor:
        """``x`` [rows, time, width]; writes its keys and values into the cache."""
        packed = torch.unflatten(self.in_proj(x), -1, (-1, self.head_width))
        queries, keys, values = torch.split(packed, self.heads, -2)
        cache.keys[at.rows, :, at.positions] = at.rotary.turn(keys)
        cache.values[at.rows, :, at.positions] = values
        seen = self._attend(at.rotary.turn(queries), at.mask, cache)
        out: Tensor = self.out_proj(seen)
        return out

    def _attend(self, queries: Tensor, mask: Tensor, cache: KvCache) -> Tensor:
        """The query heads of a group stand one after the other in time, so that keys and values
        are read once for the group."""
        rows, time, heads, width = queries.shape
        grouped = queries.view(rows, time, self.heads[1], -1, width).permute(0, 2, 3, 1, 4)
        seen = F.scaled_dot_product_attention(
            grouped.flatten(2, 3), cache.keys, cache.values, attn_mask=mask
        )
        apart = torch.unflatten(seen, 2, (-1, time)).permute(0, 3, 1, 2, 4)
        return apart.reshape(rows, time, heads * width)


class GatedMlp(nn.Module):
    """``fc1`` makes values (first half) and gates (second half)."""

    def __init__(self, config: BackboneConfig) -> None:
        super().__init__()
        self.fc1 = nn.Linear(config.width, 2 * config.mlp_width, bias=False)
        self.fc2 = nn.Linear(config.mlp_width, config.width, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        value, gate = self.fc1(x).chunk(2, -1)
        out: Tensor = self.fc2(value * F.silu(gate))
        return out


class AttentionBlock(nn.Module):
    def __init__(self, config: BackboneConfig) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(config.width, config.norm_epsilon)
        self.mixer = Attention(config)
        self.norm2 = nn.LayerNorm(config.width, config.norm_epsilon)
        self.mlp = GatedMlp(config)

    def forward(self, x: Tensor, at: Place, cache: KvCache) -> Tensor:
        x = x + self.mixer(self.norm(x), at, cache)
        out: Tensor = x + self.mlp(self.norm2(x))
        return out
