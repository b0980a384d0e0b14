"""The warp as it is run: batches of frames, the portrait's own part computed once (SPEC 10)."""

from collections.abc import Sequence
from dataclasses import dataclass, fields

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor, nn

from deployments.kdtalker.kdtalker.appearance import DEPTH, SIDE
from deployments.kdtalker.kdtalker.dense_motion import VARIANCE, axis, grid, sampled
from deployments.kdtalker.kdtalker.layers import fold_norms
from deployments.kdtalker.kdtalker.upsampled import UpsampledConv
from deployments.kdtalker.kdtalker.warping import Warped, Warping

FAINTEST = 1e-10
"""A Gaussian ends where it falls below this, far under float32's resolution of what it adds to."""


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """What is computed once of each of B portraits: ``feature`` [B, 32, 16, 64, 64] and
    ``compressed`` [B, 4, 16, 64, 64], ``keypoints`` [B, 21, 3], ``heat`` [B, 21, 16, 64, 64]."""

    feature: Tensor
    compressed: Tensor
    keypoints: Tensor
    heat: Tensor

    def repeated(self, frames: int) -> "Source":
        """One portrait for a batch of frames; nothing is copied."""
        tensors = (getattr(self, field.name) for field in fields(self))
        return Source(*(tensor.expand(frames, *tensor.shape[1:]) for tensor in tensors))


def joined(sources: Sequence[Source]) -> Source:
    """Portraits of one frame each, side by side."""
    columns = ([getattr(source, field.name) for source in sources] for field in fields(Source))
    return Source(*(torch.cat(column) for column in columns))


class FastWarping(nn.Module):
    """Takes ``plain`` over: its norms are folded in place. Coordinates stay in float32."""

    def __init__(self, plain: Warping) -> None:
        super().__init__()
        fold_norms(plain)
        self.plain = plain
        dense = plain.dense_motion_network
        blocks = dense.hourglass.decoder.up_blocks
        self.ups = nn.ModuleList(UpsampledConv(block.conv, 2) for block in blocks)
        self.mask = SlicedConv(dense.mask)
        self.down_blocks = dense.hourglass.encoder.down_blocks

    def source(self, feature: Tensor, keypoints: Tensor) -> Source:
        compressed = self.plain.dense_motion_network.compressed(feature)
        return Source(feature, compressed, keypoints, heatmaps(keypoints))

    def forward(self, source: Source, driving: Tensor) -> Warped:
        """``driving`` keypoints [B, 21, 3] of as many frames as ``source`` has portraits."""
        dense = self.plain.dense_motion_network
        shift = source.keypoints - driving
        x = self._hourglass(_inputs(source, driving, shift))
        masks = self.mask(x).softmax(1)
        occlusion = dense.occlusion(x.flatten(1, 2)).sigmoid()
        # the masks add up to one, and so the grid goes through as it is
        moved = torch.einsum("bkdhw,bkc->bdhwc", masks[:, 1:].float(), shift)
        deformation = grid(driving.device) + moved
        flat = sampled(source.feature.float(), deformation).flatten(1, 2).to(x.dtype)
        mapped = self.plain.fourth(self.plain.third(flat)) * occlusion
        return Warped(mapped, deformation, occlusion, masks)

    def _hourglass(self, x: Tensor) -> Tensor:
        levels = [x]
        for down in self.down_blocks:
            levels.append(down(levels[-1]))
        *skips, x = levels
        for up, skip in zip(self.ups, reversed(skips), strict=True):
            x = torch.cat([torch.relu_(up(x)), skip], 1)
        decoder = self.plain.dense_motion_network.hourglass.decoder
        return torch.relu_(decoder.conv(x))


class SlicedConv(nn.Module):
    """A volume's convolution, slice by slice: kernels of one depth in two dimensions, then a sum
    of shifted slices. Few outputs of a deep kernel become many of a flat one."""

    def __init__(self, conv: nn.Conv3d) -> None:
        super().__init__()
        self._depth = conv.kernel_size[0]
        flat = conv.weight.transpose(1, 2).flatten(0, 1)
        order = torch.arange(len(flat)).view(-1, self._depth).T.flatten()
        self.register_buffer("weight", flat[order].contiguous())
        self.bias = conv.bias

    def forward(self, x: Tensor) -> Tensor:
        """[B, C, D, H, W] to [B, C', D, H, W]."""
        batch, _, slices, height, width = x.shape
        half = self._depth // 2
        flat = x.transpose(1, 2).flatten(0, 1)
        parts = F.conv2d(flat, self.get_buffer("weight"), padding=half)
        parts = parts.view(batch, slices, self._depth, -1, height, width)
        total = parts[:, :, half] + torch.as_tensor(self.bias)[:, None, None]
        for tap in range(self._depth):
            away = tap - half
            if away:
                low, high = max(0, -away), min(slices, slices - away)
                total[:, low:high] += parts[:, low + away : high + away, tap]
        return total.transpose(1, 2)


def heatmaps(points: Tensor) -> Tensor:
    """A Gaussian about each keypoint, the product of three: [B, 21, 3] to [B, 21, 16, 64, 64]."""
    along = (SIDE, SIDE, DEPTH)
    x, y, z = (_bell(length, points[..., dim]) for dim, length in enumerate(along))
    return z[..., None, None] * (y[..., None] * x[..., None, :])[:, :, None]


def shifted(volume: Tensor, shift: Tensor) -> Tensor:
    """[B, C, 16, 64, 64] sampled at the grid moved by each of [B, K, 3]: [B, K, C, 16, 64, 64].

    A shift without a turn: trilinear sampling is one small matrix an axis.
    """
    along = (SIDE, SIDE, DEPTH)
    x, y, z = (_interpolation(length, shift[..., dim]) for dim, length in enumerate(along))
    batch, channels = volume.shape[:2]
    moved = volume.reshape(batch, 1, -1, SIDE) @ x.transpose(-1, -2)
    moved = y[:, :, None] @ moved.view(batch, -1, channels * DEPTH, SIDE, SIDE)
    moved = z[:, :, None] @ moved.view(batch, -1, channels, DEPTH, SIDE * SIDE)
    return moved.view(batch, -1, channels, DEPTH, SIDE, SIDE)


def _inputs(source: Source, driving: Tensor, shift: Tensor) -> Tensor:
    """Of the hourglass: a heat map and four moved features a motion, [B, 110, 16, 64, 64]."""
    dtype = source.compressed.dtype
    heat = F.pad(heatmaps(driving) - source.heat, (0,) * 6 + (1, 0))
    moved = shifted(source.compressed.float(), F.pad(shift, (0, 0, 1, 0)))
    return torch.cat([heat[:, :, None], moved], 2).flatten(1, 2).to(dtype)


def _bell(length: int, centre: Tensor) -> Tensor:
    away = axis(length, centre.device) - centre[..., None]
    bell = torch.exp(-0.5 * away.square() / VARIANCE)
    # their products would be denormal numbers, at which a processor's convolutions crawl
    return bell.masked_fill(bell < FAINTEST, 0)


def _interpolation(length: int, shift: Tensor) -> Tensor:
    """[..., length, length]: row i holds the weights of place i moved by ``shift``."""
    places = ((axis(length, shift.device) + shift[..., None] + 1) * length - 1) / 2
    pixels = torch.arange(length, device=shift.device)
    return torch.relu(1 - (places[..., None] - pixels).abs())
