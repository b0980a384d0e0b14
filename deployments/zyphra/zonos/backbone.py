"""The stack of blocks. One forward pass serves prefill, a later chunk of it, and decode steps."""

import shutil
from collections.abc import Callable, Iterable
from importlib.util import find_spec

import torch
from torch import Tensor, nn

from deployments.zyphra.zonos.cache import Cache, KvCache
from deployments.zyphra.zonos.config import BackboneConfig
from deployments.zyphra.zonos.mamba import MambaBlock
from deployments.zyphra.zonos.transformer import AttentionBlock, place


class Backbone(nn.Module):
    def __init__(self, config: BackboneConfig) -> None:
        super().__init__()
        self.config = config
        self.layers = nn.ModuleList(_block(config, index) for index in range(config.layers))
        self.norm_f = nn.LayerNorm(config.width, config.norm_epsilon)
        self._compiled: list[Callable[..., Tensor]] | None = None

    @property
    def step_form(self) -> str:
        """How the layers of a decode step run: ``compiled`` (fused kernels) or ``plain``."""
        return "plain" if self._compiled is None else "compiled"

    def compile_steps(self) -> None:
        """From now on, layers of decode steps run compiled: what lies between the matrix products
        is fused, Mamba2's recurrence into one kernel. Layers of a kind share their code, whatever
        the batch and span. Results differ by rounding. Nothing happens without a compiler."""
        if self._compiled is None and has_compiler():
            self._compiled = [torch.compile(layer, dynamic=True) for layer in self.layers]

    def forward(self, x: Tensor, positions: Tensor, cache: Cache) -> Tensor:
        """``x`` [rows, time, width] at ``positions`` [rows, time], each row's own and in sequence.

        The cache has as many rows and at least as many positions; everything before a row's first
        position must be in it already. Returns hidden states [rows, time, width], normed.
        """
        at = place(self.config, positions, _span(cache), x.dtype)
        compiled = self._compiled if x.shape[1] == 1 else None
        layers: Iterable[Callable[..., Tensor]] = self.layers if compiled is None else compiled
        for layer, memory in zip(layers, cache.layers, strict=True):
            x = layer(x, at, memory)
        out: Tensor = self.norm_f(x)
        return out


def has_compiler() -> bool:
    """Triton makes the kernels, and a C compiler what launches them."""
    found = any(shutil.which(name) for name in ("cc", "gcc", "clang"))
    return found and find_spec("triton") is not None


def _block(config: BackboneConfig, index: int) -> AttentionBlock | MambaBlock:
    if index in config.attention_layers or config.mamba is None:
        return AttentionBlock(config)
    return MambaBlock(config, config.mamba)


def _span(cache: Cache) -> int:
    spans = [layer.keys.shape[2] for layer in cache.layers if isinstance(layer, KvCache)]
    return spans[0] if spans else 1


def sequence(first: Tensor, time: int) -> Tensor:
    """Positions [rows, time] that follow each other from ``first`` [rows]."""
    return first[:, None] + torch.arange(time, device=first.device)
