"""The network that predicts the noise in 64 frames of motion, 70 numbers each (SPEC 4.2).

The conditioning of its twelve blocks is a linear map of SiLU([time, audio]); it splits into a part
for the 50 timesteps, which never changes, and a part for the audio, constant over the steps.
"""

from math import log

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor, nn

from deployments.kdtalker.kdtalker.attention import WIDTH, Attention, RelativeBias

NUMBERS = 70
LAYERS = 6
AUDIO_WIDTH, TIME_WIDTH = 512, 256
LEADING_TOKENS = 2
"""Origin and reference, before the frames."""


class PointModel(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.time_mlp = nn.Sequential(
            _TimeWaves(), nn.Linear(WIDTH, TIME_WIDTH), nn.SiLU(), nn.Linear(TIME_WIDTH, TIME_WIDTH)
        )
        self.positional_encoding = _UnusedBands()
        self.input_projection = nn.Linear(NUMBERS, WIDTH)
        self.time_rel_pos_bias = RelativeBias()
        self.layers = nn.ModuleList(_Layer() for _ in range(LAYERS))
        self.output_projection = nn.Linear(WIDTH, NUMBERS)

    def forward(self, x: Tensor, timestep: Tensor, context: Tensor) -> Tensor:
        """Noise in ``x`` [B, tokens, 70] at ``timestep`` [B] with ``context`` [B, tokens, 512]."""
        time: Tensor = self.time_mlp(timestep)
        whole = torch.cat([time[:, None].expand(-1, x.shape[1], -1), context], -1)
        conditions = torch.stack([block.mlp(whole) for block in self._blocks()])
        return self.denoise(x, conditions)

    def denoise(self, x: Tensor, conditions: Tensor) -> Tensor:
        """As ``forward``, with the conditioning [12, B, tokens, 1536] already computed."""
        bias = self.time_rel_pos_bias(x.shape[1])
        y: Tensor = self.input_projection(x)
        for layer, pair in zip(self.layers, torch.split(conditions, 2), strict=True):
            y = layer(y, pair, bias)
        projected: Tensor = self.output_projection(y)
        return projected

    def audio_part(self, context: Tensor) -> Tensor:
        """Of the conditioning, from ``context`` [B, tokens, 512]: [12, B, tokens, 1536].

        Holds for every timestep; the whole is this plus ``time_part``.
        """
        heard = F.silu(context)
        parts = [F.linear(heard, w[:, TIME_WIDTH:], b) for w, b in self._mlps()]
        return torch.stack(parts)

    def time_part(self, timestep: Tensor) -> Tensor:
        """Of the conditioning, from ``timestep`` [B]: [12, B, 1, 1536]; holds for every clip."""
        time = F.silu(self.time_mlp(timestep))
        parts = [F.linear(time, w[:, :TIME_WIDTH]) for w, _ in self._mlps()]
        return torch.stack(parts)[:, :, None]

    def _blocks(self) -> list["_Block"]:
        return [module for module in self.modules() if isinstance(module, _Block)]

    def _mlps(self) -> list[tuple[Tensor, Tensor]]:
        return [(block.linear.weight, block.linear.bias) for block in self._blocks()]


class _TimeWaves(nn.Module):
    def forward(self, timestep: Tensor) -> Tensor:
        half = WIDTH // 2
        steps = torch.arange(half, dtype=torch.float32, device=timestep.device)
        angles = timestep[:, None].float() * torch.exp(steps * (-log(10_000) / (half - 1)))
        return torch.cat([angles.sin(), angles.cos()], -1)


class _UnusedBands(nn.Module):
    """Stands in the official file; nothing reads it."""

    freq_bands: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("freq_bands", torch.zeros(10))


class _Layer(nn.ModuleList):
    """Two conditioned blocks and attention: 0, 1, 2."""

    def __init__(self) -> None:
        super().__init__([_Block(), _Block(), _Residual(_PreNorm(Attention()))])

    def forward(self, x: Tensor, conditions: Tensor, bias: Tensor) -> Tensor:
        first, second, attention = self
        y: Tensor = attention(second(first(x, conditions[0]), conditions[1]), bias)
        return y


class _Block(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.mlp = nn.Sequential(nn.SiLU(), nn.Linear(TIME_WIDTH + AUDIO_WIDTH, 2 * WIDTH))
        self.block1 = _Projection()
        self.block2 = _Projection()

    @property
    def linear(self) -> nn.Linear:
        linear = self.mlp[1]
        assert isinstance(linear, nn.Linear)
        return linear

    def forward(self, x: Tensor, condition: Tensor) -> Tensor:
        scale, shift = condition.chunk(2, -1)
        h = F.silu(self.block1.norm(self.block1.proj(x)) * (scale + 1) + shift)
        # no norm here: it runs only where scale and shift are given
        return x + F.silu(self.block2.proj(h))


class _Projection(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.proj = nn.Linear(WIDTH, WIDTH)
        self.norm = _Norm()


class _Norm(nn.Module):
    """Layer norm whose parameters have the file's names and shapes."""

    def __init__(self) -> None:
        super().__init__()
        self.gamma = nn.Parameter(torch.ones(1, 1, WIDTH))
        self.beta = nn.Parameter(torch.zeros(1, 1, WIDTH))

    def forward(self, x: Tensor) -> Tensor:
        return F.layer_norm(x, (WIDTH,), self.gamma.view(-1), self.beta.view(-1), 1e-5)


class _PreNorm(nn.Module):
    def __init__(self, fn: nn.Module) -> None:
        super().__init__()
        self.norm, self.fn = _Norm(), fn

    def forward(self, x: Tensor, bias: Tensor) -> Tensor:
        y: Tensor = self.fn(self.norm(x), bias)
        return y


class _Residual(nn.Module):
    def __init__(self, fn: nn.Module) -> None:
        super().__init__()
        self.fn = fn

    def forward(self, x: Tensor, bias: Tensor) -> Tensor:
        y: Tensor = self.fn(x, bias)
        return x + y
