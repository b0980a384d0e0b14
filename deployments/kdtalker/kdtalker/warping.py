"""The portrait's volume, moved and flattened to the map the generator paints from (SPEC 7.3)."""

from dataclasses import dataclass

import torch.nn.functional as F  # noqa: N812
from torch import Tensor, nn

from deployments.kdtalker.kdtalker.appearance import CHANNELS, DEPTH
from deployments.kdtalker.kdtalker.dense_motion import DenseMotion, sampled
from deployments.kdtalker.kdtalker.layers import ConvNorm

MAP_CHANNELS = 256
SLOPE = 0.01


@dataclass(frozen=True, slots=True, eq=False)
class Warped:
    """``map`` [B, 256, 64, 64] and how it came about: see ``DenseMotion.forward``."""

    map: Tensor
    deformation: Tensor
    occlusion: Tensor
    masks: Tensor


class Warping(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.dense_motion_network = DenseMotion()
        self.third = _Leaky(CHANNELS * DEPTH, MAP_CHANNELS)
        self.fourth = nn.Conv2d(MAP_CHANNELS, MAP_CHANNELS, 1)

    def forward(self, feature: Tensor, driving: Tensor, source: Tensor) -> Warped:
        """``feature`` [B, 32, 16, 64, 64]; keypoints [B, 21, 3]."""
        deformation, occlusion, masks = self.dense_motion_network(feature, driving, source)
        moved = sampled(feature, deformation).flatten(1, 2)
        return Warped(self.fourth(self.third(moved)) * occlusion, deformation, occlusion, masks)


class _Leaky(ConvNorm):
    def forward(self, x: Tensor) -> Tensor:
        return F.leaky_relu(self.norm(self.conv(x)), SLOPE)
