"""The model at work: portraits looked at once, scenes played side by side."""

import hashlib
from collections.abc import Generator, Iterator
from concurrent.futures import Future
from functools import partial
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from deployments.kdtalker.kdtalker import loading
from deployments.kdtalker.kdtalker.acting import PARTED, Acting
from deployments.kdtalker.kdtalker.audio import SAMPLES_PER_FRAME, Voice
from deployments.kdtalker.kdtalker.captured import Captured, record_graph
from deployments.kdtalker.kdtalker.ddim import FRAMES, Sampler, window_noise
from deployments.kdtalker.kdtalker.direction import Direction
from deployments.kdtalker.kdtalker.drawing import Drawing, Rgb
from deployments.kdtalker.kdtalker.faults import DeviceFull
from deployments.kdtalker.kdtalker.kept import Kept
from deployments.kdtalker.kdtalker.layers import fold_norms
from deployments.kdtalker.kdtalker.meter import Meter, unmeasured
from deployments.kdtalker.kdtalker.motion import MotionModel
from deployments.kdtalker.kdtalker.picture import as_input, averaged
from deployments.kdtalker.kdtalker.rendering import PORTRAITS, SIDE, load_renderer
from deployments.kdtalker.kdtalker.retargeting import Retargeting
from deployments.kdtalker.kdtalker.run import Elsewhere, Frames, Run
from deployments.kdtalker.kdtalker.sampling import SharedSampler
from deployments.kdtalker.kdtalker.spreading import Spread
from deployments.kdtalker.kdtalker.statistics import read_statistics
from deployments.kdtalker.kdtalker.talker import Portrait, Talker

WINDOWS_AT_ONCE = 4


class Performer:
    """Plays scenes, each in the thread that asks for it; safe to share between threads.

    ``sampler`` is the one in ``talker``'s motion, to be closed with it. ``elsewhere`` are others
    with the same renderer, who draw some of the frames.
    """

    def __init__(
        self,
        talker: Talker,
        retargeting: Retargeting,
        drawing: Drawing,
        device: torch.device,
        sampler: SharedSampler | None = None,
        elsewhere: Elsewhere | None = None,
    ) -> None:
        self._talker, self._retargeting, self._drawing = talker, retargeting, drawing
        self._device, self._sampler, self._elsewhere = device, sampler, elsewhere
        self._looks: Kept[Portrait] = Kept(PORTRAITS)

    def perform(self, crop: Rgb, direction: Direction) -> Generator[Rgb, None, None]:
        """``direction.voice.frames`` pictures [512, 512, 3] of the face in ``crop``, which is as
        large. Raises DeviceFull."""
        try:
            portrait = self._looked(crop)
            yield from self._drawn(crop, portrait, self.keypoints(portrait, direction))
        except torch.OutOfMemoryError as error:
            raise DeviceFull from error

    def keypoints(self, portrait: Portrait, direction: Direction) -> Iterator[Tensor]:
        """[n, 21, 3] at a time, as the motion is sampled."""
        motion, voice, seed = self._talker.motion, direction.voice, direction.seed
        acting = Acting(portrait.pose, self._closing(portrait, direction.lip_ratio), direction)
        poses = motion.poses(portrait.pose, voice, lambda window: window_noise(seed, window))
        for first, pose in poses:
            yield acting.keypoints(first, pose)

    def warm_up(self) -> None:
        """Plays a window of silence to nobody and draws batches of every size."""
        crop = np.full((SIDE, SIDE, 3), 128, np.uint8)
        portrait = self._looked(crop)
        silence = Voice(np.zeros(FRAMES * SAMPLES_PER_FRAME, np.float32))
        still = np.ones(FRAMES, np.float32)
        for _ in self.keypoints(portrait, Direction(silence, still, still)):
            self._drawing.warm_up(portrait.source)

    def close(self) -> None:
        """Ends the threads that draw and sample."""
        self._drawing.close()
        if self._sampler is not None:
            self._sampler.close()

    def _looked(self, crop: Rgb) -> Portrait:
        key = hashlib.blake2b(np.ascontiguousarray(crop).data, digest_size=16).digest()
        picture = averaged(crop)
        return self._looks.get(key, lambda: self._talker.look(as_input(picture, self._device)))

    def _drawn(
        self, crop: Rgb, portrait: Portrait, keypoints: Iterator[Tensor]
    ) -> Generator[Rgb, None, None]:
        source = portrait.source
        if self._elsewhere is None:
            return self._drawing.frames(source, keypoints)
        send = partial(_sent, self._elsewhere, crop, source.keypoints[0])
        return Spread(partial(self._drawing.start, source), send).frames(keypoints)

    @torch.inference_mode()
    def _closing(self, portrait: Portrait, ratio: float) -> Tensor | None:
        if ratio < PARTED:
            return None
        ratios = torch.tensor([[ratio, 0.0]], device=self._device)
        return self._retargeting.lip_delta(portrait.source.keypoints, ratios)


def _sent(elsewhere: Elsewhere, crop: Rgb, keypoints: Tensor, driving: Tensor) -> "Future[Frames]":
    return elsewhere.draw(Run(crop, keypoints.cpu().numpy(), driving.cpu().numpy()))


def load_performer(
    folder: Path,
    device: str,
    dtype: str,
    batch: int,
    meter: Meter = unmeasured,
    elsewhere: Elsewhere | None = None,
) -> Performer:
    """From the official files below ``folder``. ``dtype`` is that of warp and generator; ``meter``
    is told of each batch of frames drawn here. On a GPU everything that is done again and again is
    recorded once and replayed.

    Raises WeightsMissing, WeightsUnreadable, WeightsDoNotFit, DeviceFull.
    """
    try:
        place = torch.device(device)
        return _loaded(folder, place, getattr(torch, dtype), batch, meter, elsewhere)
    except torch.OutOfMemoryError:
        raise DeviceFull from None


def _loaded(
    folder: Path,
    place: torch.device,
    dtype: torch.dtype,
    batch: int,
    meter: Meter,
    elsewhere: Elsewhere | None,
) -> Performer:
    record = record_graph if place.type == "cuda" else None
    sampler = Sampler(loading.POINT.load(folder).to(place))
    sample = sampler.sample if record is None else Captured(sampler.sample, record)
    shared = SharedSampler(sample, 1 if record is None else WINDOWS_AT_ONCE)
    encoder = loading.ENCODER.load(folder).to(place)
    fold_norms(encoder)
    motion = MotionModel(encoder, shared, read_statistics().to(place))
    renderer = load_renderer(folder, place, dtype)
    extractor = loading.MOTION.load(folder).to(place)
    retargeting = loading.RETARGETING.load(folder).to(place)
    drawing = Drawing(renderer, batch, meter, record)
    talker = Talker(extractor, motion, renderer)
    return Performer(talker, retargeting, drawing, place, shared, elsewhere)
