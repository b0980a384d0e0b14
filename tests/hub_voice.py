"""A little voice on the hub: a small file and a large one, and the manifest that asks for them."""

import random
from pathlib import Path
from typing import Any

from deployments.model_files import Progress
from deployments.model_manifest import Manifest

WEIGHTS = random.Random(1).randbytes(50_000)
OTHER_WEIGHTS = random.Random(2).randbytes(60_000)
CONFIG = b'{"layers": 3}'
PLACES = {"voice/config.json", "voice/model.safetensors"}


def entry(path: str, file: str, **more: Any) -> dict[str, Any]:
    return {
        "path": path,
        "sources": [{"repository": "someone/voice", "file": file}],
        "licence": "MIT",
        "commercial_use": True,
        "engines": ["singer"],
        **more,
    }


def manifest_of(*entries: dict[str, Any], **more: Any) -> Manifest:
    return Manifest.model_validate({"hub": entries, **more})


CONFIG_ENTRY = entry("voice/config.json", "config.json")
WEIGHTS_ENTRY = entry("voice/model.safetensors", "model.safetensors")


def silent(_: Progress) -> None:
    pass


def standing(models: Path) -> set[str]:
    return {str(path.relative_to(models)) for path in models.rglob("*") if path.is_file()}
