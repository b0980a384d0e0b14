"""Every golden vector against our nets, with stand-in weights: what is proved without the official
ones is that the nets compute what upstream's compute.
"""

from collections.abc import Callable
from pathlib import Path

import torch

from deployments.kdtalker.kdtalker.golden import Check, Checks, Golden
from deployments.kdtalker.kdtalker.verify_motion import (
    check_audio,
    check_encoder,
    check_keypoints,
    check_point_forward,
    check_retargeting,
    check_smoothing,
    check_windows,
)
from deployments.kdtalker.kdtalker.verify_pictures import (
    check_appearance,
    check_crops,
    check_extractor,
    check_warp_and_decode,
    check_whole,
)

Stage = Callable[[Golden], Checks]
STAGES: tuple[Stage, ...] = (
    check_audio,
    check_encoder,
    check_point_forward,
    check_windows,
    check_smoothing,
    check_keypoints,
    check_retargeting,
    check_extractor,
    check_appearance,
    check_crops,
    check_warp_and_decode,
    check_whole,
)


def verify(
    golden: Path, report: Callable[[Check], None], stages: tuple[Stage, ...] = STAGES
) -> list[Check]:
    """All checks on a folder of vectors, each reported as it is made. Takes minutes on a CPU.

    What a folder lacks is a check that fails. Raises FileNotFoundError where no ``meta.json`` is.
    """
    vectors = Golden(golden)
    done: list[Check] = []
    for stage in stages:
        for check in _run(stage, vectors):
            report(check)
            done.append(check)
    return done


@torch.inference_mode()
def _run(stage: Stage, vectors: Golden) -> Checks:
    try:
        yield from stage(vectors)
    except (FileNotFoundError, KeyError) as lacking:
        yield Check(stage.__name__.removeprefix("check_"), f"lacks {lacking}", float("inf"), 0)
