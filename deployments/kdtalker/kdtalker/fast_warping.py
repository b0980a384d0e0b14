"""The warp as it is run: batches of frames, the portrait's own part computed once (SPEC 10)."""

from collections.abc import Sequence
from dataclasses import dataclass, fields

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor, nn

from deployments.kdtalker.kdtalker.appearance import DEPTH, SIDE
from deployments.kdtalker.kdtalker.dense_motion import VARIANCE, axis, grid, sampled
from deployments.kdtalker.kdtalker.layers import fold_norms
from deployments.kdtalker.kdtalker.sliced import SlicedConv
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
        dense, hourglass = plain.dense_motion_network, plain.dense_motion_network.hourglass
        self.compress, self.occlusion = dense.compress, dense.occlusion
        self.downs = hourglass.encoder.down_blocks
        self.ups = nn.ModuleList(UpsampledConv(up.conv, 2) for up in hourglass.decoder.ups())
        self.last = hourglass.decoder.conv
        self.mask = SlicedConv(dense.mask)
        self.third, self.fourth = plain.third, plain.fourth

    def source(self, feature: Tensor, keypoints: Tensor) -> Source:
        """``feature`` [B, 32, 16, 64, 64] in float32, ``keypoints`` [B, 21, 3] at rest."""
        compressed = torch.relu(self.compress(feature.to(self.compress.weight.dtype)))
        return Source(feature, compressed, keypoints, heatmaps(keypoints))

    def forward(self, source: Source, driving: Tensor) -> Warped:
        """``driving`` keypoints [B, 21, 3] of as many frames as ``source`` has portraits."""
        shift = source.keypoints - driving
        x = self._hourglass(_inputs(source, driving, shift))
        masks = self.mask(x).softmax(1)
        occlusion = self.occlusion(x.flatten(1, 2)).sigmoid()
        # the masks add up to one, and so the grid goes through as it is
        moved = torch.einsum("bkdhw,bkc->bdhwc", masks[:, 1:].float(), shift)
        deformation = grid(driving.device) + moved
        flat = sampled(source.feature, deformation).flatten(1, 2).to(x.dtype)
        mapped = self.fourth(self.third(flat)) * occlusion
        return Warped(mapped, deformation, occlusion, masks)

    def _hourglass(self, x: Tensor) -> Tensor:
        levels = [x]
        for down in self.downs:
            levels.append(down(levels[-1]))
        *skips, x = levels
        for up, skip in zip(self.ups, reversed(skips), strict=True):
            x = torch.cat([torch.relu_(up(x)), skip], 1)
        return torch.relu_(self.last(x))


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
