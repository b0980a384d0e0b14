"""Tensors out of a file that ``torch.save`` wrote the old way, without torch and running no code.

The layout (torch/serialization.py, ``_legacy_save``): five pickles (a magic number, the protocol,
the system, the object, the keys of its storages), then each storage: a count in 8 bytes, and its
numbers.
"""

import pickle
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import ModelFileWrong

MAGIC = 0x1950A86A20F9469CFC6C
COUNT_BYTES = 8
TYPES: Mapping[str, str] = {
    "FloatStorage": "<f4",
    "DoubleStorage": "<f8",
    "LongStorage": "<i8",
    "IntStorage": "<i4",
}

Numbers = NDArray[Any]


@dataclass(frozen=True, slots=True)
class _Storage:
    """Where numbers will be: they stand behind the object that speaks of them."""

    key: str
    type_: str
    count: int


@dataclass(frozen=True, slots=True)
class _Tensor:
    storage: _Storage
    offset: int
    shape: tuple[int, ...]


def read_tensors(path: Path, name: str) -> dict[str, Numbers]:
    """The tensors of the dictionary ``name`` in the file. Raises ModelFileWrong."""
    try:
        with path.open("rb") as stream:
            return _read(stream, name)
    except (pickle.UnpicklingError, EOFError, KeyError, ValueError, TypeError) as error:
        raise ModelFileWrong(path.name) from error


def _read(stream: IO[bytes], name: str) -> dict[str, Numbers]:
    known: dict[str, _Storage] = {}
    magic, _protocol, _system, saved, keys = (_Careful(stream, known).load() for _ in range(5))
    if magic != MAGIC:
        raise ValueError(f"not written by torch: {magic}")
    storages = {key: _numbers(stream, known[key]) for key in keys}
    return {at: _array(tensor, storages) for at, tensor in saved[name].items()}


def _numbers(stream: IO[bytes], storage: _Storage) -> Numbers:
    dtype = np.dtype(TYPES[storage.type_])
    if int.from_bytes(stream.read(COUNT_BYTES), "little") != storage.count:
        raise ValueError("a storage is not as long as it was said to be")
    return np.frombuffer(stream.read(storage.count * dtype.itemsize), dtype)


def _array(tensor: _Tensor, storages: Mapping[str, Numbers]) -> Numbers:
    end = tensor.offset + prod(tensor.shape)
    return storages[tensor.storage.key][tensor.offset : end].reshape(tensor.shape)


class _Careful(pickle.Unpickler):
    """Knows no names but those that tensors are made of, and makes nothing of them but a note."""

    def __init__(self, stream: IO[bytes], storages: dict[str, _Storage]) -> None:
        super().__init__(stream)
        self._storages = storages

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) == ("collections", "OrderedDict"):
            return OrderedDict
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            return _noted
        if module == "torch" and name in TYPES:
            return name
        raise pickle.UnpicklingError(f"{module}.{name} is nothing a tensor is made of")

    def persistent_load(self, pid: Any) -> _Storage:
        _, type_, key, _device, count, *_ = pid
        return self._storages.setdefault(key, _Storage(key, type_, count))


def _noted(
    storage: _Storage, offset: int, shape: tuple[int, ...], strides: tuple[int, ...], *_: object
) -> _Tensor:
    steps = [prod(shape[axis + 1 :]) for axis in range(len(shape))]
    if list(strides) != steps:
        raise pickle.UnpicklingError("a tensor does not lie in one piece")
    return _Tensor(storage, offset, shape)
