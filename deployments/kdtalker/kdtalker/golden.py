"""A folder of golden vectors, and the nets with the stand-in weights they were made with."""

import json
import wave
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import cv2
import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from torch import Tensor

from deployments.kdtalker.kdtalker.loading import Net, OfficialFile
from deployments.kdtalker.kdtalker.picture import Rgb, as_input
from deployments.kdtalker.kdtalker.standin import OWN_RULES, read_rules, standin_net
from deployments.kdtalker.kdtalker.statistics import OWN_STATISTICS, Statistics, read_statistics

Array = NDArray[np.generic]


@dataclass(frozen=True, slots=True)
class Check:
    """One comparison: the largest difference found, and the one allowed."""

    file: str
    what: str
    error: float
    tolerance: float

    @property
    def name(self) -> str:
        return f"{self.file}: {self.what}"

    @property
    def ok(self) -> bool:
        """Not so for numbers that are not numbers."""
        return self.error <= self.tolerance


Checks = Iterator[Check]


class Vectors:
    """One ``.npz`` file, under the name of which its checks are made."""

    def __init__(self, path: Path) -> None:
        self.name = path.stem
        with np.load(path, allow_pickle=False) as arrays:
            self._arrays: dict[str, Array] = dict(arrays)

    def __contains__(self, key: str) -> bool:
        return key in self._arrays

    def __iter__(self) -> Iterator[str]:
        return iter(self._arrays)

    def __getitem__(self, key: str) -> Array:
        return self._arrays[key]

    def tensor(self, key: str) -> Tensor:
        """Floating point in float32, all else as it is."""
        tensor = torch.from_numpy(self._arrays[key])
        return tensor.float() if tensor.is_floating_point() else tensor

    def picture(self, key: str) -> Tensor:
        """A picture as the nets take it: [1, 3, 256, 256]."""
        return as_input(np.asarray(self._arrays[key], np.uint8))

    def within(self, key: str, ours: ArrayLike | Tensor, allowed: float, form: str = "") -> Check:
        """Ours is the array ``key`` up to ``allowed``; ``form`` says which of ours it is."""
        return Check(self.name, key + form, apart(ours, self._arrays[key]), allowed)

    def nearly(self, key: str, ours: ArrayLike | Tensor, allowed: float, form: str = "") -> Check:
        """As ``within``, but ``allowed`` is meant absolutely and relatively, both."""
        worst = apart(ours, self._arrays[key], relative=True)
        return Check(self.name, key + form, worst, allowed)

    def exactly(self, key: str, ours: ArrayLike) -> Check:
        return self.within(key, ours, 0)


class Golden:
    """Seed, rules and statistics are those that lie with the vectors, else the project's own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._seed = int(json.loads((folder / "meta.json").read_text(encoding="utf-8"))["seed"])
        self._rules = read_rules(self._nearest(OWN_RULES.name) or OWN_RULES)

    def vectors(self, name: str) -> Vectors:
        return Vectors(self.folder / f"{name}.npz")

    def net(self, file: OfficialFile[Net]) -> Net:
        """With stand-in weights; a new one each time, for whoever changes it."""
        return standin_net(file, self._seed, self._rules)

    @cached_property
    def statistics(self) -> Statistics:
        return read_statistics(self._nearest("norm_stats.json") or OWN_STATISTICS)

    def sound(self, name: str) -> tuple[NDArray[np.float32], int]:
        """16-bit samples [n, channels] in [-1, 1], and their rate."""
        with wave.open(str(self.folder / name), "rb") as file:
            samples = np.frombuffer(file.readframes(file.getnframes()), "<i2")
            samples = samples.reshape(-1, file.getnchannels())
            return samples.astype(np.float32) / np.float32(32768), file.getframerate()

    def image(self, name: str) -> Rgb:
        """Raises FileNotFoundError."""
        data = np.frombuffer((self.folder / name).read_bytes(), np.uint8)
        decoded = cv2.imdecode(data, cv2.IMREAD_COLOR)
        if decoded is None:
            raise ValueError(f"{name} is no picture")
        return np.asarray(cv2.cvtColor(decoded, cv2.COLOR_BGR2RGB), np.uint8)

    def _nearest(self, name: str) -> Path | None:
        places = (self.folder / name, self.folder.parent / name)
        return next((place for place in places if place.is_file()), None)


def apart(ours: ArrayLike | Tensor, theirs: ArrayLike | Tensor, relative: bool = False) -> float:
    """The largest difference; infinite between arrays of different shapes.

    ``relative``: of each difference the share of 1 + |theirs|.
    """
    a, b = (np.asarray(array, np.float64) for array in (ours, theirs))
    if a.shape != b.shape:
        return float("inf")
    off = np.abs(a - b) / (1 + np.abs(b)) if relative else np.abs(a - b)
    return float(off.max()) if off.size else 0.0
