"""The files of Zonos: where they stand, what they lack, and what tells one set from another."""

import hashlib
from pathlib import Path

from deployments import model_files
from deployments.model_manifest import load_manifest
from deployments.model_records import identity_of, read_records
from deployments.zyphra.zonos_speech.settings import Variant
from pipeline.errors import ModelRecordsUnreadable

ENGINE = "zonos"
USUAL: Variant = "transformer"


def checkpoint_folder(models: Path, variant: Variant) -> Path:
    return models / "zonos" / variant


def codec_folder(models: Path) -> Path:
    return models / "zonos" / "codec"


def speaker_files(models: Path) -> tuple[Path, Path]:
    """The speaker network and its linear discriminants."""
    folder = models / "zonos" / "speaker"
    network = "ResNet293_SimAM_ASP_base"
    return folder / f"{network}.pt", folder / f"{network}_LDA-128.pt"


def lacking(models: Path, variant: Variant) -> str | None:
    """What to do about files that are not there; None: all are."""
    try:
        if not model_files.missing(ENGINE, models, variant=variant):
            return None
    except ModelRecordsUnreadable as error:
        return f"its model files: {error}"
    named = "" if variant == USUAL else f" --variant {variant}"
    return f"its model files; run `lectern models pull {ENGINE}{named}`"


def identity(models: Path, variant: Variant) -> str:
    """Twelve digits that change with any of the files, from the hashes they were pulled with."""
    records = read_records(models)
    digest = hashlib.sha256()
    for file in load_manifest().needed_by([ENGINE], variant):
        digest.update(f"{file.path}:{identity_of(file, records)};".encode())
    return digest.hexdigest()[:12]
