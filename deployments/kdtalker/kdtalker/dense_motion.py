"""Where each place of a driven picture comes from in the portrait's volume (SPEC 7.3).

This is the plain form, frame by frame, kept as the reference of ``fast_warping``.
"""

from itertools import pairwise
from typing import ClassVar

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor, nn

from deployments.kdtalker.kdtalker.appearance import CHANNELS, DEPTH, SIDE
from deployments.kdtalker.kdtalker.keypoints import POINTS
from deployments.kdtalker.kdtalker.layers import ConvNorm

COMPRESSED = 4
MOTIONS = POINTS + 1
"""One a keypoint, after that of the background, which stays."""
INPUTS = MOTIONS * (1 + COMPRESSED)
ENCODER = (INPUTS, 64, 128, 256, 512, 1024)
DECODER = ((1024, 512), (1024, 256), (512, 128), (256, 64), (128, 32))
OUTPUTS = DECODER[-1][1] + INPUTS
VARIANCE = 0.01


class DenseMotion(nn.Module):
    FOLDS: ClassVar = (("compress", "norm"),)

    def __init__(self) -> None:
        super().__init__()
        self.compress = nn.Conv3d(CHANNELS, COMPRESSED, 1)
        self.norm = nn.BatchNorm3d(COMPRESSED)
        self.hourglass = _Hourglass()
        self.mask = nn.Conv3d(OUTPUTS, MOTIONS, 7, padding=3)
        self.occlusion = nn.Conv2d(OUTPUTS * DEPTH, 1, 7, padding=3)

    def forward(
        self, feature: Tensor, driving: Tensor, source: Tensor
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Deformation [B, 16, 64, 64, 3], occlusion [B, 1, 64, 64], masks [B, 22, 16, 64, 64].

        ``feature`` [B, 32, 16, 64, 64]; keypoints [B, 21, 3].
        """
        compressed = self.compressed(feature)
        motions = sparse_motions(driving, source)
        moved = sampled_each(compressed, motions)
        heat = F.pad(heatmaps(driving) - heatmaps(source), (0,) * 6 + (1, 0))
        x = self.hourglass(torch.cat([heat[:, :, None], moved], 2).flatten(1, 2))
        masks = self.mask(x).softmax(1)
        deformation = (masks[..., None] * motions).sum(1)
        return deformation, self.occlusion(x.flatten(1, 2)).sigmoid(), masks

    def compressed(self, feature: Tensor) -> Tensor:
        """The portrait's own part: [B, 4, 16, 64, 64]."""
        return torch.relu(self.norm(self.compress(feature)))


class _Hourglass(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.encoder, self.decoder = _Encoder(), _Decoder()

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = self.decoder(self.encoder(x))
        return y


class _Encoder(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.down_blocks = nn.ModuleList(_Down(*pair, dims=3) for pair in pairwise(ENCODER))

    def forward(self, x: Tensor) -> list[Tensor]:
        """The input and what each block makes of it, finest first."""
        levels = [x]
        for down in self.down_blocks:
            levels.append(down(levels[-1]))
        return levels


class _Decoder(nn.Module):
    FOLDS: ClassVar = (("conv", "norm"),)

    def __init__(self) -> None:
        super().__init__()
        self.up_blocks = nn.ModuleList(_Up(*pair, dims=3) for pair in DECODER)
        self.conv = nn.Conv3d(OUTPUTS, OUTPUTS, 3, padding=1)
        self.norm = nn.BatchNorm3d(OUTPUTS)

    def ups(self) -> list["_Up"]:
        return [block for block in self.up_blocks if isinstance(block, _Up)]

    def forward(self, levels: list[Tensor]) -> Tensor:
        """[B, 142, 16, 64, 64]"""
        *skips, x = levels
        for up, skip in zip(self.up_blocks, reversed(skips), strict=True):
            x = torch.cat([up(x), skip], 1)
        return torch.relu(self.norm(self.conv(x)))


class _Down(ConvNorm):
    def forward(self, x: Tensor) -> Tensor:
        y = super().forward(x)
        # slices are pooled as channels: there is no pooling of volumes in bfloat16 on a CPU
        return F.avg_pool2d(y.flatten(1, 2), 2).view(*y.shape[:3], y.shape[3] // 2, -1)


class _Up(ConvNorm):
    def forward(self, x: Tensor) -> Tensor:
        return super().forward(F.interpolate(x, scale_factor=(1, 2, 2)))


def axis(length: int, device: torch.device) -> Tensor:
    """Coordinates of ``length`` places, ends at -1 and 1."""
    return 2 * torch.arange(length, dtype=torch.float32, device=device) / (length - 1) - 1


def grid(device: torch.device) -> Tensor:
    """Coordinates (x, y, z) of every place: [16, 64, 64, 3]."""
    z, y, x = (axis(length, device) for length in (DEPTH, SIDE, SIDE))
    return torch.stack(torch.meshgrid(z, y, x, indexing="ij")[::-1], -1)


def sparse_motions(driving: Tensor, source: Tensor) -> Tensor:
    """Where each place comes from if it goes with one keypoint: [B, 22, 16, 64, 64, 3]."""
    shift = F.pad(source - driving, (0, 0, 1, 0))
    return grid(driving.device) + shift[:, :, None, None, None]


def sampled(volume: Tensor, places: Tensor) -> Tensor:
    """[B, C, 16, 64, 64] at ``places`` [B, 16, 64, 64, 3], zero outside."""
    return F.grid_sample(volume, places, align_corners=False)


def sampled_each(compressed: Tensor, motions: Tensor) -> Tensor:
    """[B, 4, 16, 64, 64] moved by each motion: [B, 22, 4, 16, 64, 64]."""
    again = compressed[:, None].expand(-1, MOTIONS, -1, -1, -1, -1).flatten(0, 1)
    return sampled(again, motions.flatten(0, 1)).view(-1, MOTIONS, *compressed.shape[1:])


def heatmaps(points: Tensor) -> Tensor:
    """A Gaussian about each keypoint: [B, 21, 3] to [B, 21, 16, 64, 64]."""
    away = grid(points.device) - points[:, :, None, None, None]
    return torch.exp(-0.5 * away.square().sum(-1) / VARIANCE)
