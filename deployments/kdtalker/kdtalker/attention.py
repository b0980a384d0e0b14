"""Attention over the frames of a window, which knows how far apart they are (SPEC 4.2)."""

from math import log

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor, nn

WIDTH, HEADS, HEAD_WIDTH = 768, 12, 64
ROTARY_PAIRS = 6
BUCKETS, EXACT_BUCKETS = 32, 8
FARTHEST = 128


class Attention(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.to_qkv = nn.Linear(WIDTH, 3 * WIDTH, bias=False)
        self.proj = nn.Linear(WIDTH, WIDTH)
        self.rotary_emb = _Rotary()

    def forward(self, x: Tensor, bias: Tensor) -> Tensor:
        """[B, tokens, 768]"""
        batch, tokens, _ = x.shape
        qkv = self.to_qkv(x).view(batch, tokens, 3, HEADS, HEAD_WIDTH).permute(2, 0, 3, 1, 4)
        q, k = self.rotary_emb(qkv[0] * HEAD_WIDTH**-0.5), self.rotary_emb(qkv[1])
        attended = F.scaled_dot_product_attention(q, k, qkv[2], bias.to(q.dtype), scale=1.0)
        y: Tensor = self.proj(attended.transpose(1, 2).reshape(batch, tokens, WIDTH))
        return y


class _Rotary(nn.Module):
    """Turns the first 12 numbers of each head, in pairs of neighbours, by the token's place."""

    freqs: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("freqs", torch.zeros(ROTARY_PAIRS))

    def forward(self, x: Tensor) -> Tensor:
        """[..., tokens, 64]"""
        place = torch.arange(x.shape[-2], device=x.device, dtype=self.freqs.dtype)
        angles = place[:, None] * self.freqs
        turned, rest = x[..., : 2 * ROTARY_PAIRS], x[..., 2 * ROTARY_PAIRS :]
        a, b = turned[..., ::2], turned[..., 1::2]
        cos, sin = angles.cos().to(x.dtype), angles.sin().to(x.dtype)
        pairs = torch.stack([a * cos - b * sin, b * cos + a * sin], -1)
        return torch.cat([pairs.flatten(-2), rest], -1)


class RelativeBias(nn.Module):
    """T5's buckets (arXiv:1910.10683): near distances exact, far ones logarithmic, by direction."""

    def __init__(self) -> None:
        super().__init__()
        self.relative_attention_bias = nn.Embedding(BUCKETS, HEADS)

    def forward(self, tokens: int) -> Tensor:
        """[12, tokens, tokens]"""
        place = torch.arange(tokens, device=self.relative_attention_bias.weight.device)
        ahead = place[:, None] - place[None]
        bias: Tensor = self.relative_attention_bias(_bucket(ahead))
        return bias.permute(2, 0, 1)


def _bucket(ahead: Tensor) -> Tensor:
    """Of query minus key."""
    half = BUCKETS // 2
    far = ahead.abs()
    # the logarithm of distances below 8 is not used; clamping keeps it finite
    ratio = torch.log(far.clamp(min=1).float() / EXACT_BUCKETS) / log(FARTHEST / EXACT_BUCKETS)
    log_bucket = EXACT_BUCKETS + (ratio * (half - EXACT_BUCKETS)).long()
    near = torch.where(far < EXACT_BUCKETS, far, log_bucket.clamp(max=half - 1))
    return near + half * (ahead < 0)
