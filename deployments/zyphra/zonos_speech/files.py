"""The files of Zonos: where they stand, which are missing, and what tells one set from another."""

import hashlib
from functools import lru_cache
from pathlib import Path

from deployments.zyphra.zonos_speech.settings import Variant

SAMPLES, SAMPLE_BYTES = 64, 4096
"""A large file is known by its size and this many pieces of it: reading gigabytes takes minutes on
a slow disk, and a checkpoint that was trained on differs everywhere."""


def checkpoint_folder(models: Path, variant: Variant) -> Path:
    return models / "zonos" / variant


def codec_folder(models: Path) -> Path:
    return models / "zonos" / "codec"


def speaker_files(models: Path) -> tuple[Path, Path]:
    """The speaker network and its linear discriminants."""
    folder = models / "zonos" / "speaker"
    network = "ResNet293_SimAM_ASP_base"
    return folder / f"{network}.pt", folder / f"{network}_LDA-128.pt"


def all_files(models: Path, variant: Variant) -> tuple[Path, ...]:
    folders = (checkpoint_folder(models, variant), codec_folder(models))
    names = ("config.json", "model.safetensors")
    pairs = [folder / name for folder in folders for name in names]
    return (*pairs, *speaker_files(models))


def missing_files(models: Path, variant: Variant) -> tuple[Path, ...]:
    return tuple(file for file in all_files(models, variant) if not file.is_file())


def identity(models: Path, variant: Variant) -> str:
    """Twelve digits that change with any of the files; all of them must be there."""
    digest = hashlib.sha256()
    for file in all_files(models, variant):
        state = file.stat()
        digest.update(f"{file.name}:{_mark(file, state.st_size, state.st_mtime_ns)};".encode())
    return digest.hexdigest()[:12]


@lru_cache(maxsize=32)
def _mark(file: Path, size: int, changed_ns: int) -> str:  # noqa: ARG001
    """The file's size and pieces as a digest; ``changed_ns`` only tells when to look again."""
    digest = hashlib.sha256(str(size).encode())
    step = max(1, (size - SAMPLE_BYTES) // (SAMPLES - 1))
    with file.open("rb") as stream:
        for at in range(0, max(1, size), max(step, SAMPLE_BYTES)):
            stream.seek(at)
            digest.update(stream.read(SAMPLE_BYTES))
    return digest.hexdigest()
