"""What a backbone remembers of the positions it has seen, row by row.

A row is one branch of one utterance and owns a slot, the same in every layer. Slots are made once;
a batch is a window of them, so that nothing is allocated or copied when an utterance comes.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from deployments.zyphra.zonos.config import BackboneConfig

POSITIONS_MULTIPLE = 8


@dataclass(frozen=True, slots=True)
class KvCache:
    """Of one attention layer: keys (after rotary) and values [rows, kv heads, positions, width]."""

    keys: Tensor
    values: Tensor

    def window(self, first: int, rows: int, positions: int) -> "KvCache":
        chosen = (slice(first, first + rows), slice(None), slice(positions))
        return KvCache(self.keys[chosen], self.values[chosen])

    def clear(self) -> None:
        """Nothing to do: a position is written before it is seen."""

    def take(self, other: "KvCache") -> None:
        self.keys.copy_(other.keys)
        self.values.copy_(other.values)


@dataclass(frozen=True, slots=True)
class MambaState:
    """Of one Mamba2 layer: ``recent``, the inputs its convolution still needs [rows, channels,
    kernel - 1], and ``memory`` [rows, heads, head width, state]."""

    recent: Tensor
    memory: Tensor

    def window(self, first: int, rows: int, positions: int) -> "MambaState":  # noqa: ARG002
        chosen = slice(first, first + rows)
        return MambaState(self.recent[chosen], self.memory[chosen])

    def clear(self) -> None:
        self.recent.zero_()
        self.memory.zero_()

    def take(self, other: "MambaState") -> None:
        self.recent.copy_(other.recent)
        self.memory.copy_(other.memory)


@dataclass(frozen=True, slots=True)
class Cache:
    layers: tuple[KvCache | MambaState, ...]

    def window(self, first: int, rows: int, positions: int) -> "Cache":
        """A view of ``rows`` slots from ``first`` on, of their first ``positions`` positions."""
        return Cache(tuple(layer.window(first, rows, positions) for layer in self.layers))

    def clear(self) -> None:
        """Forgets. A row that begins a new utterance must be cleared first."""
        for layer in self.layers:
            layer.clear()

    def move(self, first: int, to: int, rows: int, positions: int) -> None:
        """Copies ``rows`` slots, as far as ``positions``, to those from ``to`` on."""
        source, target = self.window(first, rows, positions), self.window(to, rows, positions)
        for mine, other in zip(target.layers, source.layers, strict=True):
            mine.take(other)  # type: ignore[arg-type]  # a layer is of one kind in every slot


def make_cache(
    config: BackboneConfig, rows: int, positions: int, device: torch.device, dtype: torch.dtype
) -> Cache:
    """Empty slots for ``rows`` rows of up to ``positions`` positions (rounded up to 8)."""
    positions = -(-positions // POSITIONS_MULTIPLE) * POSITIONS_MULTIPLE

    def layer(index: int) -> KvCache | MambaState:
        if index in config.attention_layers or config.mamba is None:
            shape = (rows, config.kv_heads, positions, config.head_width)
            return KvCache(zeros(shape), zeros(shape))
        mamba = config.mamba
        return MambaState(
            zeros((rows, mamba.channels, mamba.kernel - 1)),
            zeros((rows, mamba.heads, mamba.head_width, mamba.state)),
        )

    def zeros(shape: tuple[int, ...]) -> Tensor:
        return torch.zeros(shape, device=device, dtype=dtype)

    return Cache(tuple(layer(index) for index in range(config.layers)))


def bytes_a_row(config: BackboneConfig, positions: int, dtype: torch.dtype) -> int:
    """What one row of ``positions`` positions takes (SPEC section 10)."""
    attention = len(config.attention_layers)
    elements = attention * 2 * config.kv_heads * config.head_width * positions
    if config.mamba is not None:
        mamba = config.mamba
        state = mamba.heads * mamba.head_width * mamba.state + mamba.channels * (mamba.kernel - 1)
        elements += (config.layers - attention) * state
    return elements * dtype.itemsize
