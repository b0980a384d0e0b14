"""Proves this implementation against golden vectors, with stand-in weights (SPEC, README).

Any folder of the same layout will do: configurations, seeds and scales come from its json files.
"""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import torch

from deployments.zyphra.zonos.verification.asked import check_asked
from deployments.zyphra.zonos.verification.check import Array, Check, Golden
from deployments.zyphra.zonos.verification.drawing import check_delay, check_loop, check_sampler
from deployments.zyphra.zonos.verification.network import check_network
from deployments.zyphra.zonos.verification.prefix import check_conditioners
from deployments.zyphra.zonos.verification.sound import check_codec
from deployments.zyphra.zonos.verification.text import check_numbers, check_phonemes
from deployments.zyphra.zonos.verification.voice import check_speaker

Run = Callable[[Golden], Iterator[Check]]

CHECKS: dict[str, tuple[Run, ...]] = {
    "normalize_numbers": (check_numbers,),
    "phonemizer": (check_phonemes,),
    "conditioners": (check_conditioners,),
    "delay_pattern": (check_delay,),
    "sampler": (check_sampler,),
    "loop_scripted": (check_loop,),
    "speaker": (check_speaker,),
    "dac": (check_codec,),
    "e2e_": (check_asked, check_network),
}
"""By what a golden file's name begins with; run in this order."""


def verify(
    golden: Path, report: Callable[[Check], None], device: torch.device | None = None
) -> list[Check]:
    """Runs every check that the folder has files for; each is reported as soon as it is made.

    Nothing was found: an empty list. A golden file that cannot be read raises OSError, ValueError
    or KeyError.
    """
    checks = []
    with torch.inference_mode(), torch.backends.cudnn.flags(allow_tf32=False):
        for file, run in _found(golden):
            for check in run(_open(golden, file, device or torch.device("cpu"))):
                report(check)
                checks.append(check)
    return checks


def _found(golden: Path) -> Iterator[tuple[str, Run]]:
    files = sorted({path.stem for path in golden.iterdir() if path.suffix in (".npz", ".json")})
    for beginning, runs in CHECKS.items():
        for file in files:
            if file.startswith(beginning):
                for run in runs:
                    yield file, run


def _open(golden: Path, file: str, device: torch.device) -> Golden:
    data = golden / f"{file}.json"
    return Golden(
        file=file,
        folder=golden,
        arrays=_arrays(golden / f"{file}.npz"),
        data=json.loads(data.read_text(encoding="utf-8")) if data.is_file() else {},
        device=device,
    )


def _arrays(path: Path) -> dict[str, Array]:
    if not path.is_file():
        return {}
    with np.load(path) as archive:
        return dict(archive)
