"""What a check is, and what it has to go by."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

Array = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Check:
    """One comparison: ``what`` of the golden file ``file``. Exact ones have tolerance 0 and count
    the values that differ."""

    file: str
    what: str
    error: float
    tolerance: float

    @property
    def name(self) -> str:
        return f"{self.file}: {self.what}"

    @property
    def ok(self) -> bool:
        return self.error <= self.tolerance


@dataclass(frozen=True, slots=True, eq=False)
class Golden:
    """A golden file: ``arrays`` of the .npz, ``data`` of the .json (either may be empty)."""

    file: str
    folder: Path
    arrays: Mapping[str, Array]
    data: Any
    device: torch.device

    def tensor(self, name: str) -> Tensor:
        """An array on the device; integers as int64."""
        tensor = torch.from_numpy(np.asarray(self.arrays[name])).to(self.device)
        return tensor if tensor.is_floating_point() else tensor.long()

    def names(self, ending: str) -> Iterator[str]:
        """The arrays whose name ends so, without the ending."""
        for name in self.arrays:
            if name.endswith(ending):
                yield name.removesuffix(ending)

    def close(self, what: str, ours: Tensor, name: str, tolerance: float) -> Check:
        return Check(self.file, what, largest(ours, self.arrays[name]), tolerance)

    def exact(self, what: str, ours: Tensor, name: str) -> Check:
        return Check(self.file, what, differing(ours, self.arrays[name]), 0)


def largest(ours: Tensor, theirs: Array) -> float:
    """The largest difference; infinite where shapes, infinities or numbers that are none differ."""
    mine = ours.detach().float().cpu().numpy()
    if mine.shape != theirs.shape or mine.size == 0:
        return float("inf")
    with np.errstate(invalid="ignore"):
        apart = np.where(mine == theirs, 0.0, np.abs(mine.astype(np.float64) - theirs))
    return float("inf") if np.isnan(apart).any() else float(apart.max())


def differing(ours: Tensor, theirs: Array) -> float:
    """How many values differ; infinite where the shapes do."""
    mine = ours.detach().cpu().numpy()
    return float((mine != theirs).sum()) if mine.shape == theirs.shape else float("inf")


def worst(file: str, what: str, tolerance: float, errors: Mapping[str, float]) -> Check:
    """Many comparisons of a kind as one, named after the worst of them."""
    name = max(errors, key=lambda key: errors[key])
    return Check(file, f"{what} (worst: {name})", errors[name], tolerance)
