"""Mamba2 (SPEC 2.5) in plain torch: a scan in chunks, which for one position is the recurrence."""

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor, nn

from deployments.zyphra.zonos.cache import MambaState
from deployments.zyphra.zonos.config import BackboneConfig, MambaConfig
from deployments.zyphra.zonos.transformer import Place

CHUNK = 64
"""Positions that are worked on as one matrix; the result does not depend on it."""
NORM_EPSILON = 1e-5


class GatedNorm(nn.Module):
    """RMS norm of ``y * silu(gate)``: the gate comes first."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(width))

    def forward(self, y: Tensor, gate: Tensor) -> Tensor:
        gated = y.float() * F.silu(gate.float())
        normed = gated * torch.rsqrt(gated.square().mean(-1, keepdim=True) + NORM_EPSILON)
        return (normed * self.weight.float()).to(y.dtype)


class Mamba2(nn.Module):
    def __init__(self, width: int, config: MambaConfig) -> None:
        super().__init__()
        self.config = config
        self.split = [config.inner, config.channels, config.heads]
        self.in_proj = nn.Linear(width, sum(self.split), bias=False)
        channels, kernel = config.channels, config.kernel
        self.conv1d = nn.Conv1d(channels, channels, kernel, groups=channels)
        self.dt_bias = nn.Parameter(torch.empty(config.heads))
        self.A_log = nn.Parameter(torch.empty(config.heads))
        self.D = nn.Parameter(torch.empty(config.heads))
        self.norm = GatedNorm(config.inner)
        self.out_proj = nn.Linear(config.inner, width, bias=False)

    def forward(self, x: Tensor, state: MambaState) -> Tensor:
        """``x`` [rows, time, width]; moves the state along."""
        gate, mixed, dt = torch.split(self.in_proj(x), self.split, -1)
        mixed = F.silu(self._convolve(mixed, state))
        sizes = [self.config.inner, self.config.state, self.config.state]
        inner, entering, leaving = torch.split(mixed.float(), sizes, -1)
        heads = torch.unflatten(inner, -1, (self.config.heads, -1))
        dt = F.softplus(dt.float() + self.dt_bias.float())
        y = self._scan(heads, dt, entering, leaving, state)
        y = y + heads * self.D.float()[:, None]
        out: Tensor = self.out_proj(self.norm(y.flatten(-2).to(x.dtype), gate))
        return out

    def _convolve(self, mixed: Tensor, state: MambaState) -> Tensor:
        """Causal, depthwise; ``mixed`` [rows, time, channels]."""
        window = torch.cat([state.recent.to(mixed.dtype), mixed.transpose(1, 2)], -1)
        state.recent.copy_(window[..., -state.recent.shape[-1] :])
        out: Tensor = self.conv1d(window)
        return out.transpose(1, 2)

    def _scan(
        self, x: Tensor, dt: Tensor, entering: Tensor, leaving: Tensor, state: MambaState
    ) -> Tensor:
        """S = exp(dt A) S + dt x B^T, y = S C, over ``x`` [rows, time, heads, width], float32."""
        decay = -torch.exp(self.A_log.float()) * dt
        memory = state.memory.float()
        if x.shape[1] == 1:
            y, memory = _recur(x[:, 0] * dt[:, 0, :, None], decay, entering, leaving, memory)
            state.memory.copy_(memory)
            return y
        streams = (x * dt[..., None], decay, entering, leaving)
        outputs = []
        for a, b, c, d in zip(*(torch.split(s, CHUNK, 1) for s in streams), strict=True):
            y, memory = _scan_chunk(a, b, c, d, memory)
            outputs.append(y)
        state.memory.copy_(memory)
        return torch.cat(outputs, 1)


def _recur(
    x: Tensor, decay: Tensor, entering: Tensor, leaving: Tensor, memory: Tensor
) -> tuple[Tensor, Tensor]:
    """One position, as SPEC 2.5 has it: ``x`` [r, h, w] with dt in it, ``decay`` [r, 1, h] (log),
    ``entering`` and ``leaving`` [r, 1, n]. Products and one sum, which a compiler makes one kernel
    of: a step of a large batch is the reading and writing of these memories."""
    kept = memory * decay[:, 0, :, None, None].exp()
    memory = kept + x[..., None] * entering[:, :, None]
    return (memory * leaving[:, :, None]).sum(-1)[:, None], memory


def _scan_chunk(
    x: Tensor, decay: Tensor, entering: Tensor, leaving: Tensor, memory: Tensor
) -> tuple[Tensor, Tensor]:
    """One chunk: what its positions give each other, and what the memory gives them.

    ``x`` [r, t, h, w] with dt in it, ``decay`` [r, t, h] (log), ``entering`` (B) and ``leaving``
    (C) [r, t, n], ``memory`` [r, h, w, n].
    """
    total = decay.cumsum(1).transpose(1, 2)
    between = total[..., :, None] - total[..., None, :]
    past = torch.ones_like(between, dtype=torch.bool).tril()
    weights = torch.where(past, between, float("-inf")).exp()
    weights = weights * (leaving @ entering.transpose(1, 2))[:, None]
    y = torch.einsum("rhts,rshw->rthw", weights, x)
    y = y + torch.einsum("rhwn,rtn,rht->rthw", memory, leaving, total.exp())
    rest = (total[..., -1:] - total).exp()
    memory = memory * total[..., -1].exp()[..., None, None]
    return y, memory + torch.einsum("rht,rthw,rtn->rhwn", rest, x, entering)


class MambaBlock(nn.Module):
    def __init__(self, config: BackboneConfig, mamba: MambaConfig) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(config.width, config.norm_epsilon)
        self.mixer = Mamba2(config.width, mamba)

    def forward(self, x: Tensor, at: Place, state: MambaState) -> Tensor:  # noqa: ARG002
        out: Tensor = x + self.mixer(self.norm(x), state)
        return out
