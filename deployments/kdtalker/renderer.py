"""The renderer of KDTalker by itself: draws runs of frames for scenes that others play."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from deployments.kdtalker.kdtalker.faults import DeviceFull
from deployments.kdtalker.kdtalker.run import Frames, Run
from deployments.kdtalker.weights import NAME, RunRenderer
from pipeline.errors import DeviceMemoryFull, EngineUnavailable

OTHERS = "its files or precision are other ones than those of the replica that plays the scene"


@dataclass(frozen=True, slots=True, eq=False)
class RunRequest:
    """``drawing`` names the files and the precision that it must be drawn with."""

    run: Run
    drawing: str


class Model(Protocol):
    """See ``Installed``."""

    @property
    def drawing(self) -> str: ...
    def missing(self, engine: str) -> str | None: ...
    def renderer(self) -> RunRenderer: ...


class Rendering:
    def __init__(self, model: Model) -> None:
        self._model = model

    def prepare(self) -> None:
        """Loads and warms up where ``auto`` would draw. What goes wrong is told to who sends a
        run."""
        if self._model.missing("auto") is None:
            with suppress(EngineUnavailable, DeviceMemoryFull, DeviceFull):
                self._model.renderer().warm_up()

    async def draw(self, ask: RunRequest) -> Frames:
        """Who is cancelled has no more frames drawn. Raises EngineUnavailable, DeviceMemoryFull."""
        try:
            renderer = await asyncio.to_thread(self._renderer, ask.drawing)
            started = await asyncio.to_thread(renderer.start, ask.run)
            return np.stack(await asyncio.gather(*map(asyncio.wrap_future, started)))
        except DeviceFull as error:
            raise DeviceMemoryFull(NAME) from error

    def _renderer(self, drawing: str) -> RunRenderer:
        # by name, so that a processor may help a processor
        missing = self._model.missing(NAME)
        if missing is not None:
            raise EngineUnavailable(NAME, missing)
        if drawing != self._model.drawing:
            raise EngineUnavailable(NAME, OTHERS)
        return self._model.renderer()
