"""A portrait that talks: the whole of KDTalker, from a crop and a voice to pictures (SPEC 1).

Motion and rendering know nothing of each other: what goes between them is keypoints.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor

from deployments.kdtalker.kdtalker.audio import Voice
from deployments.kdtalker.kdtalker.fast_warping import Source
from deployments.kdtalker.kdtalker.keypoints import Pose
from deployments.kdtalker.kdtalker.motion import Driving, MotionModel, Noise
from deployments.kdtalker.kdtalker.motion_extractor import pose_of


@dataclass(frozen=True, slots=True, eq=False)
class Portrait:
    """One face, looked at once."""

    pose: Pose
    source: Source


class Rendering(Protocol):
    """See ``Renderer``."""

    def source(self, picture: Tensor, keypoints: Tensor) -> Source: ...
    def render(self, source: Source, driving: Tensor) -> Tensor: ...


class Talker:
    """``extractor`` is a ``MotionExtractor``."""

    def __init__(
        self,
        extractor: Callable[[Tensor], dict[str, Tensor]],
        motion: MotionModel,
        renderer: Rendering,
    ) -> None:
        self._extractor, self.motion, self.renderer = extractor, motion, renderer

    @torch.inference_mode()
    def look(self, picture: Tensor) -> Portrait:
        """``picture`` [1, 3, 256, 256] in 0..1 of a face cropped as KDTalker crops it."""
        pose = pose_of(self._extractor(picture))
        return Portrait(pose, self.renderer.source(picture, pose.keypoints()))

    def drive(
        self, portrait: Portrait, voice: Voice, noise: Noise, relative: bool = False
    ) -> Iterator[Driving]:
        """See ``MotionModel.drive``."""
        return self.motion.drive(portrait.pose, voice, noise, relative)

    def render(self, portrait: Portrait, keypoints: Tensor) -> Tensor:
        """See ``Renderer.render``."""
        return self.renderer.render(portrait.source, keypoints)
