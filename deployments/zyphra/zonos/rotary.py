"""Rotary positions (SPEC 2.3): angles 10000^(-2j/width) times the position, in float32."""

from dataclasses import dataclass

import torch
from torch import Tensor

BASE = 10_000.0


@dataclass(frozen=True, slots=True)
class Rotary:
    """How far to turn each pair: ``cos`` and ``sin`` [rows, time, 1, width / 2], float32.

    ``interleaved`` turns the pairs (2j, 2j+1), else (j, j + width / 2).
    """

    cos: Tensor
    sin: Tensor
    interleaved: bool

    def turn(self, heads: Tensor) -> Tensor:
        """``heads`` [rows, time, heads, width], turned in float32 and cast back."""
        wide = heads.float()
        if self.interleaved:
            a, b = torch.unflatten(wide, -1, (-1, 2)).unbind(-1)
        else:
            a, b = wide.chunk(2, -1)
        turned = (a * self.cos - b * self.sin, b * self.cos + a * self.sin)
        whole = torch.stack(turned, -1).flatten(-2) if self.interleaved else torch.cat(turned, -1)
        return whole.to(heads.dtype)


def rotary(positions: Tensor, width: int, interleaved: bool, dtype: torch.dtype) -> Rotary:
    """For ``positions`` [rows, time]. The half-split form rounds its tables to ``dtype``."""
    steps = torch.arange(0, width, 2, device=positions.device, dtype=torch.float32)
    angles = positions[..., None, None].float() * (1.0 / BASE ** (steps / width))
    cos, sin = angles.cos(), angles.sin()
    if not interleaved:
        cos, sin = cos.to(dtype).float(), sin.to(dtype).float()
    return Rotary(cos, sin, interleaved)
