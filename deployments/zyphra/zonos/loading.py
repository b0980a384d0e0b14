"""Checkpoints from files: memory-mapped, without running code in them, every key accounted for."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import torch
from safetensors import safe_open
from torch import Tensor

from deployments.zyphra.zonos.checkpoint import checkpoint_shapes
from deployments.zyphra.zonos.codec import Codec, codec_config, codec_shapes, make_codec
from deployments.zyphra.zonos.config import read_config
from deployments.zyphra.zonos.model import Zonos, make_zonos
from deployments.zyphra.zonos.speaker import (
    LDA_SHAPES,
    SpeakerEncoder,
    make_speaker_encoder,
    network_shapes,
)

Shapes = Mapping[str, tuple[int, ...]]
NAMED = 5
"""How many wrong keys of a kind are named."""


class CheckpointWrong(ValueError):
    """A checkpoint's keys or shapes are not the expected ones; the message names them."""


class SafetensorsFile(Mapping[str, Tensor]):
    """A ``.safetensors`` file; a tensor is read when it is asked for, from the mapped file."""

    def __init__(self, path: Path) -> None:
        self._file = safe_open(path, framework="pt")
        self._keys: tuple[str, ...] = tuple(self._file.keys())  # type: ignore[no-untyped-call]

    def __getitem__(self, key: str) -> Tensor:
        tensor: Tensor = self._file.get_tensor(key)  # type: ignore[no-untyped-call]
        return tensor

    def __iter__(self) -> Iterator[str]:
        return iter(self._keys)

    def __len__(self) -> int:
        return len(self._keys)

    def shapes(self) -> dict[str, tuple[int, ...]]:
        slices = {key: self._file.get_slice(key) for key in self._keys}  # type: ignore[no-untyped-call]
        return {key: tuple(piece.get_shape()) for key, piece in slices.items()}


def load_zonos(folder: Path, device: torch.device, dtype: torch.dtype) -> Zonos:
    """The model of ``config.json`` and ``model.safetensors``.

    Raises CheckpointWrong, ConfigUnsupported.
    """
    config = read_config(json.loads((folder / "config.json").read_text(encoding="utf-8")))
    file = SafetensorsFile(folder / "model.safetensors")
    account("model.safetensors", checkpoint_shapes(config), file.shapes())
    return make_zonos(config, file, device, dtype)


def load_codec(folder: Path, device: torch.device) -> Codec:
    """The codec of ``config.json`` and ``model.safetensors`` (descript/dac_44khz)."""
    config = codec_config(json.loads((folder / "config.json").read_text(encoding="utf-8")))
    file = SafetensorsFile(folder / "model.safetensors")
    account("codec", codec_shapes(config), file.shapes())
    return make_codec(file, device, config)


def load_speaker_encoder(network: Path, lda: Path, device: torch.device) -> SpeakerEncoder:
    """The speaker network and its linear discriminants, two plain torch files."""
    weights, linear = load_torch(network), load_torch(lda)
    account(network.name, network_shapes(), _shapes(weights))
    account(lda.name, LDA_SHAPES, _shapes(linear))
    return make_speaker_encoder(weights, linear, device)


def load_torch(path: Path) -> dict[str, Tensor]:
    """A plain torch file of tensors, mapped. Raises CheckpointWrong if it holds anything else."""
    state = torch.load(path, map_location="cpu", weights_only=True, mmap=True)
    if not isinstance(state, dict) or not all(isinstance(v, Tensor) for v in state.values()):
        raise CheckpointWrong(f"{path.name} is no state dictionary")
    return state


def account(what: str, expected: Shapes, found: Shapes) -> None:
    """Raises CheckpointWrong unless the checkpoint has just the expected keys and shapes."""
    shared = expected.keys() & found.keys()
    complaints = {
        "missing": expected.keys() - found.keys(),
        "not expected": found.keys() - expected.keys(),
        "of another shape": {key for key in shared if tuple(expected[key]) != tuple(found[key])},
    }
    said = [f"{_named(keys)} {how}" for how, keys in complaints.items() if keys]
    if said:
        raise CheckpointWrong(f"{what}: {'; '.join(said)}")


def _named(keys: set[str]) -> str:
    names = ", ".join(sorted(keys)[:NAMED])
    return names if len(keys) <= NAMED else f"{names} and {len(keys) - NAMED} more"


def _shapes(state: Mapping[str, Tensor]) -> dict[str, tuple[int, ...]]:
    return {key: tuple(tensor.shape) for key, tensor in state.items()}
