"""Keypoints to pictures, whoever made the keypoints.

A motion model hands over batches of driving keypoints; the renderer knows the portraits.
"""

import torch
from torch import Tensor

from deployments.kdtalker.kdtalker.appearance import AppearanceExtractor
from deployments.kdtalker.kdtalker.fast_generator import FastGenerator
from deployments.kdtalker.kdtalker.fast_warping import FastWarping, Source
from deployments.kdtalker.kdtalker.generator import Generator
from deployments.kdtalker.kdtalker.layers import fold_norms
from deployments.kdtalker.kdtalker.warping import Warping


class Renderer:
    """Takes the nets over: norms are folded in place. ``dtype`` is that of warp and generator;
    what is done once a portrait, and all coordinates, stay in float32. ``layout`` is the
    generator's: matrix units want the channels last."""

    def __init__(
        self,
        appearance: AppearanceExtractor,
        warping: Warping,
        generator: Generator,
        dtype: torch.dtype = torch.float32,
        layout: torch.memory_format = torch.contiguous_format,
    ) -> None:
        fold_norms(appearance)
        self._appearance = appearance
        self._warping = FastWarping(warping).to(dtype)
        # so its maps come out, and stay, in this layout too
        net = FastGenerator(generator).to(dtype)
        self._generator = net.to(memory_format=layout)  # type: ignore[call-overload]

    @torch.inference_mode()
    def source(self, picture: Tensor, keypoints: Tensor) -> Source:
        """Of portraits [B, 3, 256, 256] in 0..1 with keypoints [B, 21, 3]; once each."""
        return self._warping.source(self._appearance(picture), keypoints)

    @torch.inference_mode()
    def render(self, source: Source, driving: Tensor) -> Tensor:
        """Pictures [B, 3, 512, 512] in 0..1, float32, of driving keypoints [B, 21, 3].

        ``source`` is one portrait, or one for each frame (``joined``).
        """
        if len(source.keypoints) == 1:
            source = source.repeated(len(driving))
        pictures: Tensor = self._generator(self._warping(source, driving).map)
        return pictures.float()


def as_bytes(pictures: Tensor) -> Tensor:
    """[B, 3, H, W] in 0..1 to bytes [B, H, W, 3]; decimals are dropped, as upstream does."""
    return (pictures.clamp(0, 1) * 255).to(torch.uint8).permute(0, 2, 3, 1).contiguous()
