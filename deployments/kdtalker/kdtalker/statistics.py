"""The 70 numbers of a frame's motion, as the diffusion counts them (SPEC 4.1).

Scale, yaw, pitch, roll, three of translation, 63 of expression; each less its mean over the
training set, in its standard deviations.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path

import torch
from torch import Tensor

from deployments.kdtalker.kdtalker.keypoints import POINTS, Pose

OWN_STATISTICS = Path(__file__).with_name("statistics.json")
MOTION = ("scale", "yaw", "pitch", "roll", "t", "exp")
EXPRESSION_FROM = 7


@dataclass(frozen=True, slots=True, eq=False)
class Statistics:
    """Of motion [70] and of keypoints at rest [63]."""

    mean: Tensor
    deviation: Tensor
    rest_mean: Tensor
    rest_deviation: Tensor

    def to(self, device: torch.device) -> "Statistics":
        return Statistics(*(getattr(self, field.name).to(device) for field in fields(self)))

    def normalised(self, pose: Pose) -> Tensor:
        """[B, 70]"""
        angles = torch.stack([pose.scale, pose.yaw, pose.pitch, pose.roll], 1)
        motion = torch.cat([angles, pose.t, pose.exp.flatten(1)], 1)
        return (motion - self.mean) / self.deviation

    def origin(self, pose: Pose) -> Tensor:
        """The token that tells the diffusion whose face it moves: [B, 70]."""
        rest = (pose.kp.flatten(1) - self.rest_mean) / self.rest_deviation
        return torch.cat([rest.new_zeros(len(rest), EXPRESSION_FROM), rest], 1)

    def motion(self, normalised: Tensor) -> Tensor:
        """Degrees and lengths: [n, 70]."""
        return normalised * self.deviation + self.mean


def pose_from(motion: Tensor, rest: Tensor) -> Pose:
    """Motion [n, 70] of a face whose keypoints at rest are ``rest`` [1, 21, 3]."""
    scale, yaw, pitch, roll = motion[:, :4].unbind(1)
    exp = motion[:, EXPRESSION_FROM:].reshape(-1, POINTS, 3)
    return Pose(pitch, yaw, roll, motion[:, 4:EXPRESSION_FROM], exp, scale, rest)


def read_statistics(path: Path = OWN_STATISTICS) -> Statistics:
    """From a file with a list of numbers under ``exp_mean``, ``exp_std`` and so on."""
    numbers = json.loads(path.read_text(encoding="utf-8"))
    return Statistics(
        _joined(numbers, MOTION, "mean"),
        _joined(numbers, MOTION, "std"),
        _joined(numbers, ("kp",), "mean"),
        _joined(numbers, ("kp",), "std"),
    )


def _joined(numbers: Mapping[str, list[float]], names: Iterable[str], what: str) -> Tensor:
    return torch.tensor([value for name in names for value in numbers[f"{name}_{what}"]])
