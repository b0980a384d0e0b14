"""Stand-in weights: every tensor follows from its checkpoint key, its shape and a seed.

Two implementations that name their parameters as the official checkpoint does get the same weights
without a gigabyte having to be stored. They prove the arithmetic, never the sound.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

Scales = Sequence[tuple[str, float]]
"""Regular expressions over keys, and what to multiply the matching tensors by."""

_SMALL = {"bias", "beta", "running_mean"}
_SPREAD = {"running_var", "weight_g", "original0"}


def seeded_tensor(key: str, shape: Sequence[int], seed: int = 0) -> NDArray[np.float32]:
    """Uniform values that keep activations near unit scale.

    Matrices and kernels have variance 1 / fan-in; gains lie in [0.9, 1.1], running variances in
    [0.5, 1.5], biases and running means in [-0.1, 0.1].
    """
    digest = hashlib.sha256(f"{seed}:{key}".encode()).digest()
    bits = np.random.Philox(key=int.from_bytes(digest[:16], "little"))
    values = np.random.Generator(bits).random(tuple(shape), dtype=np.float32) * 2 - 1
    leaf = key.rpartition(".")[2]
    if leaf in _SMALL:
        return values * np.float32(0.1)
    if leaf in _SPREAD:
        return np.float32(1) + values * np.float32(0.5)
    if leaf == "num_batches_tracked":
        return np.zeros(tuple(shape), np.float32)
    if leaf == "gamma" or len(shape) <= 1:
        return np.float32(1) + values * np.float32(0.1)
    return values * np.float32(np.sqrt(3 / int(np.prod(shape[1:]))))


class StandIn(Mapping[str, Tensor]):
    """A checkpoint that makes each tensor when it is asked for, so that none is held twice."""

    def __init__(
        self, shapes: Mapping[str, Sequence[int]], seed: int = 0, scales: Scales = ()
    ) -> None:
        self._shapes, self._seed, self._scales = dict(shapes), seed, tuple(scales)

    def __getitem__(self, key: str) -> Tensor:
        values = seeded_tensor(key, self._shapes[key], self._seed)
        for pattern, factor in self._scales:
            if re.search(pattern, key):
                values = values * np.float32(factor)
        return torch.from_numpy(np.asarray(values))

    def __iter__(self) -> Iterator[str]:
        return iter(self._shapes)

    def __len__(self) -> int:
        return len(self._shapes)
