"""Whether the large models' files hold the networks their code builds: every key accounted for.

Loads torch; asked for by name, so that nobody else does.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from pickle import UnpicklingError

from safetensors import SafetensorError

from deployments.kdtalker.kdtalker.loading import (
    FILES,
    WeightsDoNotFit,
    WeightsMissing,
    WeightsUnreadable,
)
from deployments.model_manifest import load_manifest
from deployments.zyphra.zonos.checkpoint import checkpoint_shapes
from deployments.zyphra.zonos.codec import codec_config, codec_shapes
from deployments.zyphra.zonos.config import read_config
from deployments.zyphra.zonos.loading import SafetensorsFile, account, load_torch
from deployments.zyphra.zonos.speaker import LDA_SHAPES, network_shapes

NETWORK = "ResNet293_SimAM_ASP_base.pt"
DISCRIMINANTS = "ResNet293_SimAM_ASP_base_LDA-128.pt"
Shapes = dict[str, tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class Finding:
    """``wrong``: what does not fit, in words; None where all does."""

    file: str
    wrong: str | None


def account_for(engine: str, models: Path, variant: str | None) -> list[Finding]:
    """One finding a file of weights. ``engine``: zonos or kdtalker."""
    if engine == "kdtalker":
        return _kdtalker(models)
    return _zonos(models, variant or load_manifest().variants[engine][0])


def _zonos(models: Path, variant: str) -> list[Finding]:
    """Reads headers and tables of keys, no weights."""
    checkpoint, codec, speaker = (models / "zonos" / name for name in (variant, "codec", "speaker"))
    network, linear = speaker / NETWORK, speaker / DISCRIMINANTS
    checks: dict[Path, Callable[[], object]] = {
        checkpoint / "model.safetensors": partial(_account_model, checkpoint),
        codec / "model.safetensors": partial(_account_codec, codec),
        network: partial(_account_torch, network, network_shapes()),
        linear: partial(_account_torch, linear, LDA_SHAPES),
    }
    return [_finding(file, check, models) for file, check in checks.items()]


def _kdtalker(models: Path) -> list[Finding]:
    """Builds each network from its file, one after the other."""
    folder = models / "kdtalker"
    return [_finding(folder / file.places[0], partial(file.load, folder), models) for file in FILES]


def _finding(file: Path, check: Callable[[], object], models: Path) -> Finding:
    name = str(file.relative_to(models))
    try:
        check()
    except (WeightsDoNotFit, WeightsMissing, WeightsUnreadable, OSError) as error:
        return Finding(name, str(error))
    except KeyError as error:
        return Finding(name, f"it has no entry {error}")
    except (ValueError, RuntimeError, UnpicklingError, SafetensorError) as error:
        return Finding(name, str(error).partition("\n")[0])
    return Finding(name, None)


def _account_model(folder: Path) -> None:
    config = read_config(json.loads((folder / "config.json").read_text(encoding="utf-8")))
    file = SafetensorsFile(folder / "model.safetensors")
    account("its keys", checkpoint_shapes(config), file.shapes())


def _account_codec(folder: Path) -> None:
    config = codec_config(json.loads((folder / "config.json").read_text(encoding="utf-8")))
    account(
        "its keys", codec_shapes(config), SafetensorsFile(folder / "model.safetensors").shapes()
    )


def _account_torch(path: Path, expected: Shapes) -> None:
    found = {key: tuple(tensor.shape) for key, tensor in load_torch(path).items()}
    account("its keys", expected, found)
