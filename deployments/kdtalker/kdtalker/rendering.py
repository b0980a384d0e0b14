"""The renderer at work without motion: draws runs of scenes that are played elsewhere."""

from concurrent.futures import Future
from pathlib import Path

import numpy as np
import torch

from deployments.kdtalker.kdtalker import loading
from deployments.kdtalker.kdtalker.captured import record_graph
from deployments.kdtalker.kdtalker.drawing import Drawing, Rgb
from deployments.kdtalker.kdtalker.fast_warping import Source
from deployments.kdtalker.kdtalker.faults import DeviceFull
from deployments.kdtalker.kdtalker.kept import Kept
from deployments.kdtalker.kdtalker.keypoints import POINTS
from deployments.kdtalker.kdtalker.meter import Meter, unmeasured
from deployments.kdtalker.kdtalker.picture import as_input, averaged
from deployments.kdtalker.kdtalker.renderer import Renderer
from deployments.kdtalker.kdtalker.run import Run
from deployments.kdtalker.kdtalker.talker import Rendering

PORTRAITS = 16
"""Kept in memory, about 15 MB each."""
SIDE = 512


class RunRenderer:
    """Portraits are looked at once; frames of several runs share batches. Safe to share between
    threads."""

    def __init__(self, renderer: Rendering, drawing: Drawing, device: torch.device) -> None:
        self._renderer, self._drawing, self._device = renderer, drawing, device
        self._sources: Kept[Source] = Kept(PORTRAITS)

    def start(self, run: Run) -> list[Future[Rgb]]:
        """The frames of ``run``, as they are drawn; they raise DeviceFull. One that is cancelled
        before its turn is not drawn. Raises DeviceFull."""
        try:
            source = self._sources.get(run.face, lambda: self._source(run))
            return self._drawing.start(source, torch.tensor(run.driving, device=self._device))
        except torch.OutOfMemoryError as error:
            raise DeviceFull from error

    def warm_up(self) -> None:
        """Draws batches of every size of nobody."""
        crop = np.full((SIDE, SIDE, 3), 128, np.uint8)
        points = np.zeros((POINTS, 3), np.float32)
        self._drawing.warm_up(self._source(Run(crop, points, points[None])))

    def close(self) -> None:
        """Ends the thread that draws."""
        self._drawing.close()

    def _source(self, run: Run) -> Source:
        picture = as_input(averaged(run.crop), self._device)
        keypoints = torch.tensor(run.keypoints, device=self._device)
        return self._renderer.source(picture, keypoints[None])


def load_run_renderer(
    folder: Path, device: str, dtype: str, batch: int, meter: Meter = unmeasured
) -> RunRenderer:
    """As ``load_performer``, without what makes the motion."""
    place = torch.device(device)
    record = record_graph if place.type == "cuda" else None
    try:
        renderer = load_renderer(folder, place, getattr(torch, dtype))
    except torch.OutOfMemoryError:
        raise DeviceFull from None
    return RunRenderer(renderer, Drawing(renderer, batch, meter, record), place)


def load_renderer(folder: Path, device: torch.device, dtype: torch.dtype) -> Renderer:
    """``dtype`` is that of warp and generator."""
    return Renderer(
        loading.APPEARANCE.load(folder).to(device),
        loading.WARPING.load(folder).to(device),
        loading.GENERATOR.load(folder).to(device),
        dtype,
        torch.channels_last if device.type == "cuda" else torch.contiguous_format,
    )
