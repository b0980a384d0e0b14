"""Speech to keypoints: what KDTalker adds to LivePortrait's renderer (SPEC 1, 4.4, 5).

Motion streams: a window of 64 frames is sampled, smoothed but for its last three frames, and
handed on while the next one is sampled. Any other motion model may stand here that yields
``Driving``.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import torch
from torch import Tensor

from deployments.kdtalker.kdtalker.audio import Floats, Voice
from deployments.kdtalker.kdtalker.ddim import FRAMES
from deployments.kdtalker.kdtalker.keypoints import Pose, placed
from deployments.kdtalker.kdtalker.smoothing import Doubles, Smoother
from deployments.kdtalker.kdtalker.statistics import Statistics, pose_from

Noise = Callable[[int], Tensor]
"""The noise a window starts from, [1, 64, 70], by the number of the window."""


@dataclass(frozen=True, slots=True, eq=False)
class Driving:
    """Keypoints [n, 21, 3] of the frames from number ``first`` on."""

    first: int
    keypoints: Tensor


class WindowSampler(Protocol):
    """See ``Sampler.sample``."""

    def sample(self, origin: Tensor, reference: Tensor, heard: Tensor, noise: Tensor) -> Tensor: ...


class MotionModel:
    """``encoder`` is an ``AudioEncoder``; where ``statistics`` are, the nets run."""

    def __init__(
        self, encoder: Callable[[Tensor], Tensor], sampler: WindowSampler, statistics: Statistics
    ) -> None:
        self._encoder, self._sampler, self._statistics = encoder, sampler, statistics
        self._device = statistics.mean.device

    def drive(
        self, source: Pose, voice: Voice, noise: Noise, relative: bool = False
    ) -> Iterator[Driving]:
        """Keypoints of ``voice.frames`` frames, in order, for one portrait's pose.

        ``relative`` takes only the movement since the first frame, and starts from the portrait's
        own pose; otherwise the head turns to where the model wants it.
        """
        compose = _Relative(source) if relative else _Absolute(source)
        for first, pose in self.poses(source, voice, noise):
            yield Driving(first, compose(pose))

    def poses(self, source: Pose, voice: Voice, noise: Noise) -> Iterator[tuple[int, Pose]]:
        """The model's own poses of the frames from a number on, whoever composes them."""
        first = 0
        for motion in self._smoothed(self.windows(source, voice, noise)):
            yield first, pose_from(motion.to(self._device), source.kp)
            first += len(motion)

    @torch.inference_mode()
    def windows(self, source: Pose, voice: Voice, noise: Noise) -> Iterator[Tensor]:
        """Normalised motion [n, 70], 64 frames at a time, the last ones fewer."""
        origin, reference = self._statistics.origin(source), self._statistics.normalised(source)
        for first in range(0, voice.frames, FRAMES):
            start = noise(first // FRAMES).to(self._device)
            window = self._sampler.sample(origin, reference, self._heard(voice, first), start)
            reference = window[:, -1]
            yield window[0, : voice.frames - first]

    def _heard(self, voice: Voice, first: int) -> Tensor:
        """Audio features of a window: [1, 64, 512]. A clip's end is followed by its start."""
        frames = np.arange(first, first + FRAMES) % voice.frames
        stop = min(first + FRAMES, voice.frames)
        sounds = voice.windows(first, stop)
        again = frames[stop - first :]
        if len(again):
            sounds = np.concatenate([sounds, voice.windows(0, int(again.max()) + 1)[again]])
        features = self._encoder(torch.from_numpy(sounds).to(self._device))
        return features[None]

    def _smoothed(self, windows: Iterator[Tensor]) -> Iterator[Tensor]:
        """Motion [n, 70], all but the scale smoothed, as soon as it is settled."""
        smoother = Smoother()
        scales = np.empty(0, np.float32)
        for window in windows:
            motion = self._statistics.motion(window).cpu().numpy()
            scales = np.concatenate([scales, motion[:, 0]])
            settled = smoother.push(motion[:, 1:])
            if len(settled):
                yield _whole(scales[: len(settled)], settled)
                scales = scales[len(settled) :]
        if len(scales):
            yield _whole(scales, smoother.finish())


class _Absolute:
    def __init__(self, source: Pose) -> None:
        self._source = source

    def __call__(self, pose: Pose) -> Tensor:
        # the predicted scale is not used
        return placed(pose.kp, pose.rotation(), pose.exp, self._source.scale, pose.t)


class _Relative:
    def __init__(self, source: Pose) -> None:
        self._source = source
        self._first: Pose | None = None

    def __call__(self, pose: Pose) -> Tensor:
        source, first = self._source, self._first
        if first is None:
            first = self._first = pose.first()
        turn = pose.rotation() @ first.rotation().transpose(-1, -2) @ source.rotation()
        exp = source.exp + pose.exp - first.exp
        scale = source.scale * pose.scale / first.scale
        return placed(source.kp, turn, exp, scale, source.t + pose.t - first.t)


def _whole(scales: Floats, rest: Doubles) -> Tensor:
    return torch.from_numpy(np.column_stack([scales, rest.astype(np.float32)]))
