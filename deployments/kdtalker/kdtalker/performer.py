"""The model at work: portraits looked at once, scenes played side by side."""

import hashlib
from collections import OrderedDict
from collections.abc import Generator, Iterator
from pathlib import Path
from threading import Lock

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
from deployments.kdtalker.kdtalker.layers import fold_norms
from deployments.kdtalker.kdtalker.meter import Meter, unmeasured
from deployments.kdtalker.kdtalker.motion import MotionModel
from deployments.kdtalker.kdtalker.picture import as_input, averaged
from deployments.kdtalker.kdtalker.renderer import Renderer
from deployments.kdtalker.kdtalker.retargeting import Retargeting
from deployments.kdtalker.kdtalker.sampling import SharedSampler
from deployments.kdtalker.kdtalker.statistics import read_statistics
from deployments.kdtalker.kdtalker.talker import Portrait, Talker

PORTRAITS = 16
"""Kept in memory, about 15 MB each."""
WINDOWS_AT_ONCE = 4
SIDE = 512


class Performer:
    """Plays scenes, each in the thread that asks for it; safe to share between threads.

    ``sampler`` is the one in ``talker``'s motion, to be closed with it.
    """

    def __init__(
        self,
        talker: Talker,
        retargeting: Retargeting,
        drawing: Drawing,
        device: torch.device,
        sampler: SharedSampler | None = None,
    ) -> None:
        self._talker, self._retargeting, self._drawing = talker, retargeting, drawing
        self._device, self._sampler = device, sampler
        self._looks: OrderedDict[bytes, Portrait] = OrderedDict()
        self._lock = Lock()

    def perform(self, crop: Rgb, direction: Direction) -> Generator[Rgb, None, None]:
        """``direction.voice.frames`` pictures [512, 512, 3] of the face in ``crop``, which is as
        large. Raises DeviceFull."""
        try:
            portrait = self._looked(crop)
            yield from self._drawing.frames(portrait.source, self.keypoints(portrait, direction))
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
        with self._lock:
            portrait = self._looks.pop(key, None)
            if portrait is None:
                portrait = self._talker.look(as_input(averaged(crop), self._device))
            # the last used are kept
            self._looks[key] = portrait
            while len(self._looks) > PORTRAITS:
                self._looks.popitem(last=False)
        return portrait

    @torch.inference_mode()
    def _closing(self, portrait: Portrait, ratio: float) -> Tensor | None:
        if ratio < PARTED:
            return None
        ratios = torch.tensor([[ratio, 0.0]], device=self._device)
        return self._retargeting.lip_delta(portrait.source.keypoints, ratios)


def load_performer(
    folder: Path, device: str, dtype: str, batch: int, meter: Meter = unmeasured
) -> Performer:
    """From the official files below ``folder``. ``dtype`` is that of warp and generator; ``meter``
    is told of each batch of frames drawn. On a GPU everything that is done again and again is
    recorded once and replayed.

    Raises WeightsMissing, WeightsUnreadable, WeightsDoNotFit, DeviceFull.
    """
    try:
        return _loaded(folder, torch.device(device), getattr(torch, dtype), batch, meter)
    except torch.OutOfMemoryError:
        raise DeviceFull from None


def _loaded(
    folder: Path, place: torch.device, dtype: torch.dtype, batch: int, meter: Meter
) -> Performer:
    record = record_graph if place.type == "cuda" else None
    sampler = Sampler(loading.POINT.load(folder).to(place))
    sample = sampler.sample if record is None else Captured(sampler.sample, record)
    shared = SharedSampler(sample, 1 if record is None else WINDOWS_AT_ONCE)
    encoder = loading.ENCODER.load(folder).to(place)
    fold_norms(encoder)
    motion = MotionModel(encoder, shared, read_statistics().to(place))
    renderer = _load_renderer(folder, place, dtype)
    extractor = loading.MOTION.load(folder).to(place)
    retargeting = loading.RETARGETING.load(folder).to(place)
    drawing = Drawing(renderer, batch, meter, record)
    return Performer(Talker(extractor, motion, renderer), retargeting, drawing, place, shared)


def _load_renderer(folder: Path, device: torch.device, dtype: torch.dtype) -> Renderer:
    return Renderer(
        loading.APPEARANCE.load(folder).to(device),
        loading.WARPING.load(folder).to(device),
        loading.GENERATOR.load(folder).to(device),
        dtype,
        torch.channels_last if device.type == "cuda" else torch.contiguous_format,
    )
