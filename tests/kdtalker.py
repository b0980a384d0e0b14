"""KDTalker without its nets, for tests: everything about them real, they themselves stand-ins.

The motion is noise in the range of real motion. The pictures are the portrait itself, brighter or
darker by how far the keypoints have moved: so they say what was asked of them.
"""

from collections.abc import Generator

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor

from deployments.kdtalker.kdtalker import loading
from deployments.kdtalker.kdtalker.audio import SAMPLES_PER_FRAME, Voice
from deployments.kdtalker.kdtalker.captured import Record
from deployments.kdtalker.kdtalker.direction import Direction
from deployments.kdtalker.kdtalker.drawing import Drawing, Rgb
from deployments.kdtalker.kdtalker.fast_warping import Source
from deployments.kdtalker.kdtalker.keypoints import BINS
from deployments.kdtalker.kdtalker.meter import Meter, unmeasured
from deployments.kdtalker.kdtalker.motion import MotionModel
from deployments.kdtalker.kdtalker.performer import Performer
from deployments.kdtalker.kdtalker.rendering import RunRenderer
from deployments.kdtalker.kdtalker.run import Elsewhere
from deployments.kdtalker.kdtalker.sampling import SharedSampler
from deployments.kdtalker.kdtalker.standin import read_rules, standin_net
from deployments.kdtalker.kdtalker.statistics import read_statistics
from deployments.kdtalker.kdtalker.talker import Talker
from pipeline.media.encode import Codec

CPU = torch.device("cpu")


class StandInRenderer:
    """Counts its batches; ``full_from`` frames at once do not fit into its memory.

    ``side`` is that of its pictures: where only their order matters, they may be small.
    """

    def __init__(self, full_from: int = 10**9, side: int = 512) -> None:
        self.batches: list[int] = []
        self.full_from, self.side = full_from, side

    def source(self, picture: Tensor, keypoints: Tensor) -> Source:
        large = F.interpolate(picture, size=(self.side, self.side), mode="nearest")
        return Source(large, picture.new_zeros(len(picture), 1), keypoints, keypoints)

    def render(self, source: Source, driving: Tensor) -> Tensor:
        if len(driving) >= self.full_from:
            raise torch.OutOfMemoryError
        self.batches.append(len(driving))
        moved = (driving - source.keypoints).flatten(1).sum(1)
        return source.feature + moved.view(-1, 1, 1, 1) / 20


def look(picture: Tensor) -> dict[str, Tensor]:
    """Another head for every picture."""
    random = torch.Generator().manual_seed(int(picture.sum() * 100))
    heads = {name: torch.randn(1, BINS, generator=random) for name in ("pitch", "yaw", "roll")}
    for name in ("kp", "exp"):
        heads[name] = torch.randn(1, 63, generator=random) / (3 if name == "kp" else 50)
    return heads | {"t": torch.zeros(1, 3), "scale": torch.tensor([[1.4]])}


def listen(windows: Tensor) -> Tensor:
    return windows.mean((1, 2))[:, None].expand(-1, 512)


def sample(origin: Tensor, reference: Tensor, heard: Tensor, noise: Tensor) -> Tensor:
    return noise


def standin_performer(
    renderer: StandInRenderer | None = None,
    batch: int = 4,
    record: Record | None = None,
    meter: Meter = unmeasured,
    elsewhere: Elsewhere | None = None,
) -> Performer:
    renderer = renderer or StandInRenderer()
    sampler = SharedSampler(sample, batch)
    talker = Talker(look, MotionModel(listen, sampler, read_statistics()), renderer)
    retargeting = standin_net(loading.RETARGETING, 0, read_rules())
    drawing = Drawing(renderer, batch, meter, record)
    return Performer(talker, retargeting, drawing, CPU, sampler, elsewhere)


def standin_run_renderer(renderer: StandInRenderer | None = None, batch: int = 4) -> RunRenderer:
    renderer = renderer or StandInRenderer()
    return RunRenderer(renderer, Drawing(renderer, batch), CPU)


class StandInModel:
    """Can always be had; what is drawn with it says so in its version."""

    version = "stand-in"
    codec: Codec = "libx264"
    chosen_by_auto = True

    def __init__(self, performer: Performer | None = None) -> None:
        self._performer = performer or standin_performer()

    def missing(self, engine: str) -> str | None:
        return None

    def performer(self) -> Performer:
        return self._performer


def direction(frames: int, **other: object) -> Direction:
    sound = np.random.default_rng(frames).normal(0, 0.1, frames * SAMPLES_PER_FRAME)
    one = np.ones(frames, np.float32)
    given = {"voice": Voice(sound.astype(np.float32)), "present": one, "speaking": one}
    return Direction(**(given | other))  # type: ignore[arg-type]


def crop(seed: int = 0) -> Rgb:
    return np.random.default_rng(seed).integers(60, 190, (512, 512, 3)).astype(np.uint8)


def drawn(pictures: Generator[Rgb, None, None]) -> Rgb:
    """[frames, 512, 512, 3], or of the renderer's side."""
    return np.stack(list(pictures))
