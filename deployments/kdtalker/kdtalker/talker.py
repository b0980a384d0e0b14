"""A portrait that talks: the whole of KDTalker, from a crop and a voice to pictures (SPEC 1)."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from deployments.kdtalker.kdtalker import loading
from deployments.kdtalker.kdtalker.audio import Voice
from deployments.kdtalker.kdtalker.ddim import Sampler
from deployments.kdtalker.kdtalker.fast_warping import Source
from deployments.kdtalker.kdtalker.keypoints import Pose
from deployments.kdtalker.kdtalker.layers import fold_norms
from deployments.kdtalker.kdtalker.motion import Driving, MotionModel, Noise
from deployments.kdtalker.kdtalker.motion_extractor import MotionExtractor, pose_of
from deployments.kdtalker.kdtalker.renderer import Renderer
from deployments.kdtalker.kdtalker.statistics import read_statistics


@dataclass(frozen=True, slots=True, eq=False)
class Portrait:
    """One face, looked at once."""

    pose: Pose
    source: Source


class Talker:
    def __init__(self, extractor: MotionExtractor, motion: MotionModel, renderer: Renderer) -> None:
        self._extractor, self._motion, self._renderer = extractor, motion, renderer

    @torch.inference_mode()
    def look(self, picture: Tensor) -> Portrait:
        """``picture`` [1, 3, 256, 256] in 0..1 of a face cropped as KDTalker crops it."""
        pose = pose_of(self._extractor(picture))
        return Portrait(pose, self._renderer.source(picture, pose.keypoints()))

    def drive(
        self, portrait: Portrait, voice: Voice, noise: Noise, relative: bool = False
    ) -> Iterator[Driving]:
        """See ``MotionModel.drive``."""
        return self._motion.drive(portrait.pose, voice, noise, relative)

    def frames(
        self, portrait: Portrait, driving: Iterator[Driving], batch: int
    ) -> Iterator[Tensor]:
        """Pictures [at most ``batch``, 3, 512, 512] in 0..1, drawn as the motion comes in."""
        for piece in driving:
            for keypoints in torch.split(piece.keypoints, batch):
                yield self.render(portrait, keypoints)

    def render(self, portrait: Portrait, keypoints: Tensor) -> Tensor:
        """See ``Renderer.render``."""
        return self._renderer.render(portrait.source, keypoints)


def load_talker(folder: Path, device: torch.device, dtype: torch.dtype = torch.float32) -> Talker:
    """From the official files below ``folder``. ``dtype`` is that of warp and generator.

    Raises WeightsMissing, WeightsDoNotFit.
    """
    encoder = loading.ENCODER.load(folder).to(device)
    fold_norms(encoder)
    sampler = Sampler(loading.POINT.load(folder).to(device))
    renderer = Renderer(
        loading.APPEARANCE.load(folder).to(device),
        loading.WARPING.load(folder).to(device),
        loading.GENERATOR.load(folder).to(device),
        dtype,
    )
    statistics = read_statistics().to(device)
    extractor = loading.MOTION.load(folder).to(device)
    return Talker(extractor, MotionModel(encoder, sampler, statistics), renderer)
