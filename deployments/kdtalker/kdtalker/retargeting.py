"""LivePortrait's small nets: shoulders kept still, eyes and lips opened or closed (SPEC 7.5)."""

from collections.abc import Sequence
from itertools import pairwise

import torch
from torch import Tensor, nn

from deployments.kdtalker.kdtalker.keypoints import POINTS

COORDINATES = POINTS * 3
STITCHING = (2 * COORDINATES, 128, 128, 64, COORDINATES + 2)
EYES = (COORDINATES + 3, 256, 256, 128, 128, 64, COORDINATES)
LIPS = (COORDINATES + 2, 128, 128, 64, COORDINATES)
# numbers of the 203 landmarks: two ends of a height, two ends of a width
LEFT_EYE, RIGHT_EYE, LIP = (6, 18, 0, 12), (30, 42, 24, 36), (90, 102, 48, 66)


class Perceptron(nn.Module):
    """Linear layers with ReLU between them."""

    def __init__(self, widths: Sequence[int]) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        for inputs, outputs in pairwise(widths):
            layers += [nn.Linear(inputs, outputs), nn.ReLU()]
        self.mlp = nn.Sequential(*layers[:-1])

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = self.mlp(x)
        return y


class Retargeting(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.retarget_shoulder = Perceptron(STITCHING)
        self.retarget_mouth = Perceptron(LIPS)
        self.retarget_eye = Perceptron(EYES)

    def stitching_delta(self, source: Tensor, driving: Tensor) -> Tensor:
        """[B, 65] from keypoints [B, 21, 3]."""
        both = torch.cat([source.flatten(1), driving.flatten(1)], 1)
        delta: Tensor = self.retarget_shoulder(both)
        return delta

    def stitched(self, source: Tensor, driving: Tensor) -> Tensor:
        """Driving keypoints whose shoulders stay where the source's are: [B, 21, 3]."""
        delta = self.stitching_delta(source, driving)
        moved, shift = driving + delta[:, :COORDINATES].view(-1, POINTS, 3), delta[:, COORDINATES:]
        return torch.cat([moved[..., :2] + shift[:, None], moved[..., 2:]], -1)

    def eye_delta(self, source: Tensor, ratios: Tensor) -> Tensor:
        """Added to keypoints, [B, 21, 3]; ``ratios`` [B, 3]: left and right as they are, wanted."""
        delta: Tensor = self.retarget_eye(torch.cat([source.flatten(1), ratios], 1))
        return delta.view(-1, POINTS, 3)

    def lip_delta(self, source: Tensor, ratios: Tensor) -> Tensor:
        """Added to keypoints, [B, 21, 3]; ``ratios`` [B, 2]: as it is, wanted."""
        delta: Tensor = self.retarget_mouth(torch.cat([source.flatten(1), ratios], 1))
        return delta.view(-1, POINTS, 3)


def eye_ratios(landmarks: Tensor) -> Tensor:
    """Height by width of the left and the right eye: [B, 203, 2] to [B, 2]."""
    return torch.stack([_ratio(landmarks, eye) for eye in (LEFT_EYE, RIGHT_EYE)], 1)


def lip_ratio(landmarks: Tensor) -> Tensor:
    """Height by width of the open mouth: [B, 203, 2] to [B, 1]."""
    return _ratio(landmarks, LIP)[:, None]


def _ratio(landmarks: Tensor, ends: tuple[int, int, int, int]) -> Tensor:
    top, bottom, left, right = (landmarks[:, number] for number in ends)
    height: Tensor = torch.linalg.vector_norm(top - bottom, dim=1)
    width: Tensor = torch.linalg.vector_norm(left - right, dim=1)
    return height / (width + 1e-6)
