"""Head pose and the 21 keypoints (SPEC 5). x to the right, y down, z inward, about -1 to 1."""

from dataclasses import dataclass, fields

import torch
from torch import Tensor

POINTS = 21
BINS = 66
DEGREES_A_BIN, MIDDLE_DEGREES = 3.0, 97.5


@dataclass(frozen=True, slots=True, eq=False)
class Pose:
    """Of B pictures: angles in degrees [B], ``t`` [B, 3], ``exp`` and ``kp`` [B, 21, 3], ``scale``
    [B]. ``kp`` are the keypoints of the face at rest, facing ahead."""

    pitch: Tensor
    yaw: Tensor
    roll: Tensor
    t: Tensor
    exp: Tensor
    scale: Tensor
    kp: Tensor

    def first(self) -> "Pose":
        """Of the first picture only."""
        return Pose(*(getattr(self, field.name)[:1] for field in fields(self)))

    def rotation(self) -> Tensor:
        return rotation(self.pitch, self.yaw, self.roll)

    def keypoints(self) -> Tensor:
        """[B, 21, 3]"""
        return placed(self.kp, self.rotation(), self.exp, self.scale, self.t)


def degrees(logits: Tensor) -> Tensor:
    """The mean of the bins' angles: [B, 66] to [B]."""
    bins = torch.arange(BINS, dtype=torch.float32, device=logits.device)
    return DEGREES_A_BIN * (logits.softmax(-1) * bins).sum(-1) - MIDDLE_DEGREES


def rotation(pitch: Tensor, yaw: Tensor, roll: Tensor) -> Tensor:
    """For rows, ``kp @ R``; degrees [B] to [B, 3, 3]."""
    cx, cy, cz = (torch.deg2rad(angle).cos() for angle in (pitch, yaw, roll))
    sx, sy, sz = (torch.deg2rad(angle).sin() for angle in (pitch, yaw, roll))
    none, one = torch.zeros_like(cx), torch.ones_like(cx)
    about_x = _matrices([one, none, none, none, cx, -sx, none, sx, cx])
    about_y = _matrices([cy, none, sy, none, one, none, -sy, none, cy])
    about_z = _matrices([cz, -sz, none, sz, cz, none, none, none, one])
    return (about_z @ about_y @ about_x).transpose(-1, -2)


def placed(kp: Tensor, turn: Tensor, exp: Tensor, scale: Tensor, t: Tensor) -> Tensor:
    """``scale * (kp @ turn + exp)`` moved by x and y of ``t``; z is not moved: [B, 21, 3]."""
    moved = scale.view(-1, 1, 1) * (kp @ turn + exp)
    return torch.cat([moved[..., :2] + t[:, None, :2], moved[..., 2:]], -1)


def _matrices(entries: list[Tensor]) -> Tensor:
    return torch.stack(entries, -1).view(*entries[0].shape, 3, 3)
