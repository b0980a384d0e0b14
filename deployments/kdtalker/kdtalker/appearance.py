"""What a portrait looks like, as a volume of features (SPEC 7.2)."""

from typing import ClassVar

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor, nn

from deployments.kdtalker.kdtalker.layers import ConvNorm

CHANNELS, DEPTH, SIDE = 32, 16, 64
"""Of the feature volume: [32, 16, 64, 64]."""
BLOCKS = 6


class AppearanceExtractor(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.first = ConvNorm(3, 64)
        self.down_blocks = nn.ModuleList([_Down(64, 128), _Down(128, 256)])
        self.second = nn.Conv2d(256, CHANNELS * DEPTH, 1)
        self.resblocks_3d = nn.Sequential()
        for number in range(BLOCKS):
            self.resblocks_3d.add_module(f"3dr{number}", _Residual())

    def forward(self, picture: Tensor) -> Tensor:
        """[B, 3, 256, 256] in 0..1 to [B, 32, 16, 64, 64]."""
        x = self.first(picture)
        for down in self.down_blocks:
            x = down(x)
        flat: Tensor = self.second(x)
        volume: Tensor = self.resblocks_3d(flat.view(-1, CHANNELS, DEPTH, SIDE, SIDE))
        return volume


class _Down(ConvNorm):
    def forward(self, x: Tensor) -> Tensor:
        return F.avg_pool2d(super().forward(x), 2)


class _Residual(nn.Module):
    FOLDS: ClassVar = (("conv1", "norm2"),)

    def __init__(self) -> None:
        super().__init__()
        self.norm1 = nn.BatchNorm3d(CHANNELS)
        self.conv1 = nn.Conv3d(CHANNELS, CHANNELS, 3, padding=1)
        self.norm2 = nn.BatchNorm3d(CHANNELS)
        self.conv2 = nn.Conv3d(CHANNELS, CHANNELS, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        y = self.norm2(self.conv1(torch.relu(self.norm1(x))))
        y = self.conv2(torch.relu(y))
        return torch.add(x, y)
