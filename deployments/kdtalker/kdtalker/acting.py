"""From the model's motion to a performance: away from the portrait's own pose and back to it.

A scene starts and ends as the portrait is, so the model's motion is taken in part: each frame lies
on the shortest way from the portrait's pose to the model's. Wholly taken, it is upstream's
formula, absolute or relative (SPEC 5).
"""

import torch
from torch import Tensor

from deployments.kdtalker.kdtalker.direction import Direction
from deployments.kdtalker.kdtalker.keypoints import POINTS, Pose, placed

LIPS = (6, 12, 14, 17, 19, 20)
"""The keypoints whose expression moves the lips, as LivePortrait's editing has them."""
PARTED = 0.03
"""A portrait's mouth is open from this ratio on (LivePortrait closes it before it animates)."""
SMALLEST_SINE = 1e-9


class Acting:
    """One scene: ``closing`` [1, 21, 3] is what closes the portrait's own lips, None where they
    are closed."""

    def __init__(self, source: Pose, closing: Tensor | None, direction: Direction) -> None:
        self._source, self._closing, self._direction = source, closing, direction
        self._from: Pose | None = None if direction.relative else source
        device = source.kp.device
        self._present = torch.as_tensor(direction.present, dtype=torch.float32, device=device)
        self._speaking = torch.as_tensor(direction.speaking, dtype=torch.float32, device=device)
        self._lips = torch.zeros(POINTS, device=device)
        self._lips[list(LIPS)] = 1

    def keypoints(self, first: int, pose: Pose) -> Tensor:
        """[n, 21, 3] of the frames from number ``first`` on; from 0, in order."""
        source, start = self._source, self._from
        if start is None:
            start = self._from = pose.first()
        part = slice(first, first + len(pose.yaw))
        present, speaking = self._present[part], self._speaking[part]
        share = present * self._direction.strength
        turn = turned_in_part(pose.rotation() @ start.rotation().mT, share) @ source.rotation()
        face = torch.lerp(share[:, None], (present * speaking)[:, None], self._lips)
        exp = source.exp + face[..., None] * (pose.exp - start.exp)
        t = source.t + share[:, None] * (pose.t - start.t)
        placed_ = placed(source.kp, turn, exp, self._scale(pose, start, share), t)
        return placed_ + self._closed(present, speaking)

    def _scale(self, pose: Pose, start: Pose, share: Tensor) -> Tensor:
        if not self._direction.relative:
            # the predicted scale is not used
            return self._source.scale.expand(len(share))
        return self._source.scale * (pose.scale / start.scale) ** share

    def _closed(self, present: Tensor, speaking: Tensor) -> Tensor:
        """A relative movement opens lips that must be closed first; an absolute one says itself
        how far they are open while they speak."""
        if self._closing is None:
            return present.new_zeros(())
        shut = present if self._direction.relative else present * (1 - speaking)
        return shut[:, None, None] * self._closing


def turned_in_part(turn: Tensor, share: Tensor) -> Tensor:
    """``share`` [n] of each rotation [n, 3, 3] about its own axis (Rodrigues' formula)."""
    whole = turn.double()
    axis = torch.stack([_skew(whole, 2, 1), _skew(whole, 0, 2), _skew(whole, 1, 0)], -1)
    sine = torch.linalg.vector_norm(axis, dim=-1)
    cosine = (whole.diagonal(dim1=-2, dim2=-1).sum(-1) - 1) / 2
    angle = torch.atan2(sine, cosine) * share
    cross = _cross(axis / sine.clamp(min=SMALLEST_SINE)[:, None])
    one = torch.eye(3, dtype=torch.float64, device=turn.device)
    sin, cos = angle.sin()[:, None, None], angle.cos()[:, None, None]
    return (one + sin * cross + (1 - cos) * (cross @ cross)).to(turn.dtype)


def _skew(turn: Tensor, row: int, column: int) -> Tensor:
    return (turn[:, row, column] - turn[:, column, row]) / 2


def _cross(axis: Tensor) -> Tensor:
    """Matrices [n, 3, 3] of the cross product with each of [n, 3]."""
    x, y, z = axis.unbind(-1)
    none = torch.zeros_like(x)
    rows = [none, -z, y, z, none, -x, -y, x, none]
    return torch.stack(rows, -1).view(-1, 3, 3)
