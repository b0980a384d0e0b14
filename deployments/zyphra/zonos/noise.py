"""Random numbers that depend on the utterance's seed and step only, not on its neighbours.

A counter is hashed (the finalizer of SplitMix64: Steele, Lea, Flood 2014) instead of a generator
being advanced: there is no state, all of it runs on the device, and every device and batch gives
the same numbers.
"""

import torch
from torch import Tensor

GOLDEN = -0x61C8864680B583EB
"""2^64 / golden ratio, as a signed number: torch's integers wrap around."""
MIX_1, MIX_2 = -0x40A7B892E31B1A47, -0x6B2FB644ECCEEE15
BITS = 23
"""Of each number: so that the middles of 2^23 intervals are exact in float32."""


def exponential(seeds: Tensor, steps: Tensor, codebooks: int, columns: int) -> Tensor:
    """Exp(1) noise [batch, codebooks, columns] for the draw of each utterance's step.

    ``seeds`` and ``steps`` [batch], int64.
    """
    cells = torch.arange(codebooks * columns, device=seeds.device)
    streams = _hash(_hash(seeds) + steps)
    bits = _hash(streams[:, None] + cells)
    uniform = (_shift(bits, 64 - BITS).float() + 0.5) / 2**BITS
    return torch.unflatten(-uniform.log(), 1, (codebooks, columns))


def _hash(values: Tensor) -> Tensor:
    values = (values + 1) * GOLDEN
    values = (values ^ _shift(values, 30)) * MIX_1
    values = (values ^ _shift(values, 27)) * MIX_2
    return values ^ _shift(values, 31)


def _shift(values: Tensor, bits: int) -> Tensor:
    """To the right, zeros coming in."""
    return (values >> bits) & ((1 << (64 - bits)) - 1)
