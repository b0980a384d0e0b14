"""Head pose, expression and keypoints of a picture: ConvNeXt-V2 tiny with seven heads (SPEC 7.1).

The backbone is that of arXiv:2301.00808.
"""

from collections.abc import Iterable
from itertools import pairwise

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor, nn

from deployments.kdtalker.kdtalker.keypoints import BINS, POINTS, Pose, degrees

WIDTHS, DEPTHS = (96, 192, 384, 768), (3, 3, 9, 3)
HEADS = {"kp": 3 * POINTS, "scale": 1, "pitch": BINS, "yaw": BINS, "roll": BINS, "t": 3}
HEADS["exp"] = 3 * POINTS
EPS = 1e-6


class MotionExtractor(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        shrink = [nn.Sequential(nn.Conv2d(3, WIDTHS[0], 4, 4), _ChannelNorm(WIDTHS[0]))]
        for narrow, wide in pairwise(WIDTHS):
            shrink.append(nn.Sequential(_ChannelNorm(narrow), nn.Conv2d(narrow, wide, 2, 2)))
        self.downsample_layers = nn.ModuleList(shrink)
        self.stages = nn.ModuleList(
            nn.Sequential(*(_Block(width) for _ in range(depth)))
            for width, depth in zip(WIDTHS, DEPTHS, strict=True)
        )
        self.norm = nn.LayerNorm(WIDTHS[-1], EPS)
        for name, outputs in HEADS.items():
            self.add_module(f"fc_{name}", nn.Linear(WIDTHS[-1], outputs))

    def forward(self, picture: Tensor) -> dict[str, Tensor]:
        """Raw outputs of the heads for [B, 3, 256, 256] in 0..1: name to [B, n]."""
        x = picture
        for shrink, stage in zip(self.downsample_layers, self.stages, strict=True):
            x = stage(shrink(x))
        seen = self.norm(x.mean((2, 3)))
        return {name: self.get_submodule(f"fc_{name}")(seen) for name in HEADS}


def pose_of(heads: dict[str, Tensor]) -> Pose:
    """What the raw outputs say, angles in degrees."""
    pitch, yaw, roll = _degrees(heads[name] for name in ("pitch", "yaw", "roll"))
    exp, kp = (heads[name].view(-1, POINTS, 3) for name in ("exp", "kp"))
    return Pose(pitch, yaw, roll, heads["t"], exp, heads["scale"][:, 0], kp)


def _degrees(logits: Iterable[Tensor]) -> Iterable[Tensor]:
    return (degrees(angle) for angle in logits)


class _Block(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.dwconv = nn.Conv2d(width, width, 7, padding=3, groups=width)
        self.norm = nn.LayerNorm(width, EPS)
        self.pwconv1 = nn.Linear(width, 4 * width)
        self.grn = _ResponseNorm(4 * width)
        self.pwconv2 = nn.Linear(4 * width, width)

    def forward(self, x: Tensor) -> Tensor:
        y = self.norm(self.dwconv(x).permute(0, 2, 3, 1))
        y = self.pwconv2(self.grn(F.gelu(self.pwconv1(y))))
        return torch.add(x, y.permute(0, 3, 1, 2))


class _ResponseNorm(nn.Module):
    """Global response normalisation, channels last."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.gamma = nn.Parameter(torch.zeros(1, 1, 1, width))
        self.beta = nn.Parameter(torch.zeros(1, 1, 1, width))

    def forward(self, x: Tensor) -> Tensor:
        energy: Tensor = torch.linalg.vector_norm(x, dim=(1, 2), keepdim=True)
        share = energy / (energy.mean(-1, keepdim=True) + EPS)
        return self.gamma * (x * share) + self.beta + x


class _ChannelNorm(nn.LayerNorm):
    """Layer norm over the channels of [B, C, H, W]."""

    def __init__(self, width: int) -> None:
        super().__init__(width, EPS)

    def forward(self, x: Tensor) -> Tensor:
        return super().forward(x.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)
