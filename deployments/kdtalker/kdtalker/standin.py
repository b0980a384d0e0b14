"""Weights to check the nets with where the official ones are not at hand.

Each depends on its official key, its shape and a seed alone. Some are then corrected, by rules
that are data, because plain random ones make a net do nothing (uniform masks, negative scales).
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Literal

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from deployments.kdtalker.kdtalker.loading import Net, OfficialFile

Floats = NDArray[np.float32]
Weights = dict[str, Floats]
OWN_RULES = Path(__file__).with_name("standin_overrides.json")


@dataclass(frozen=True, slots=True)
class Rule:
    """For the keys of ``file`` that match a shell pattern, in the order of the rules."""

    file: str
    match: str
    op: Literal["set", "gain", "spectral_u_v"]
    value: float | list[float] = 1.0

    def apply(self, weights: Weights) -> None:
        for key in [key for key in weights if fnmatchcase(key, self.match)]:
            if self.op == "set":
                weights[key] = np.broadcast_to(self._value(), weights[key].shape)
            elif self.op == "gain":
                weights[key] = weights[key] * self._value()
            elif key.endswith(".weight_orig"):
                _set_spectral_vectors(weights, key.removesuffix("_orig"))

    def _value(self) -> Floats:
        return np.asarray(self.value, np.float32)


def read_rules(path: Path = OWN_RULES) -> tuple[Rule, ...]:
    return tuple(Rule(**rule) for rule in json.loads(path.read_text(encoding="utf-8"))["rules"])


def standin_net(file: OfficialFile[Net], seed: int, rules: Sequence[Rule]) -> Net:
    return file.build(standin_state(file, seed, rules))


def standin_state(file: OfficialFile[Any], seed: int, rules: Sequence[Rule]) -> dict[str, Tensor]:
    """Every weight of an official file, under its official key."""
    weights = {key: seeded(key, shape, seed) for key, shape in file.shapes().items()}
    for rule in rules:
        if rule.file == file.name:
            rule.apply(weights)
    return as_tensors(weights)


def write_standins(files: Sequence[OfficialFile[Any]], folder: Path, seed: int = 0) -> None:
    """Official files, as large as the real ones, with stand-in weights, where they belong."""
    rules = read_rules()
    for file in files:
        path = folder / file.places[0]
        path.parent.mkdir(parents=True, exist_ok=True)
        torch.save(file.pack(standin_state(file, seed, rules)), path)


def as_tensors(weights: Mapping[str, NDArray[np.generic]]) -> dict[str, Tensor]:
    return {key: torch.from_numpy(np.array(value)) for key, value in weights.items()}


def seeded(key: str, shape: tuple[int, ...], seed: int) -> Floats:
    """Uniform; of a spread that keeps activations near unit scale, by what the key is for."""
    digest = hashlib.sha256(f"{seed}:{key}".encode()).digest()
    random = np.random.Generator(np.random.Philox(key=int.from_bytes(digest[:16], "little")))
    wave = random.random(size=shape, dtype=np.float32) * 2 - 1
    leaf = key.rpartition(".")[2]
    if leaf == "num_batches_tracked":
        return np.zeros(shape, np.float32)
    if leaf in ("bias", "beta", "running_mean"):
        return wave * np.float32(0.1)
    if leaf in ("running_var", "weight_g", "original0"):
        return 1 + wave * np.float32(0.5)
    if leaf == "gamma" or len(shape) < 2:
        return 1 + wave * np.float32(0.1)
    return wave * np.float32(np.sqrt(3 / np.prod(shape[1:])))


def _set_spectral_vectors(weights: Weights, name: str) -> None:
    """One step of the power iteration, so that the norm means something."""
    matrix = weights[f"{name}_orig"].reshape(len(weights[f"{name}_orig"]), -1).astype(np.float64)
    v = matrix.sum(0)
    v /= np.linalg.norm(v)
    u = matrix @ v
    u /= np.linalg.norm(u)
    weights[f"{name}_u"], weights[f"{name}_v"] = u.astype(np.float32), v.astype(np.float32)
