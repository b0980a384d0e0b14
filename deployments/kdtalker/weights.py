"""KDTalker's official files on this machine, and the model loaded from them when it is needed.

Nothing here imports torch: whoever has no large models need not have it either.
"""

import hashlib
from collections.abc import Callable, Generator
from concurrent.futures import Future
from functools import cached_property
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from threading import Lock
from typing import Protocol, TypeVar

from deployments import licences
from deployments.kdtalker.kdtalker.direction import Direction
from deployments.kdtalker.kdtalker.faults import DeviceFull, ModelFault
from deployments.kdtalker.kdtalker.meter import Meter
from deployments.kdtalker.kdtalker.run import Elsewhere, Run
from deployments.kdtalker.setup import Setup
from pipeline.errors import DeviceMemoryFull, EngineUnavailable
from pipeline.media.colour import Rgb
from pipeline.media.encode import Codec, can_encode

NAME = "kdtalker"
PLAYING = "deployments.kdtalker.kdtalker.performer"
DRAWING = "deployments.kdtalker.kdtalker.rendering"
VERSION = "1"
"""Grows when the same weights would draw something else."""
GPU_BATCH, CPU_BATCH = 16, 1
PACKAGES = "its packages; run `pip install 'lectern[models]'`"
GPU = "a GPU; “auto” draws with it on a processor only where LECTERN_KDTALKER_ON_CPU is set"


class Performer(Protocol):
    def perform(self, crop: Rgb, direction: Direction) -> Generator[Rgb, None, None]:
        """A picture for each frame of the voice. Raises DeviceFull."""
        ...

    def warm_up(self) -> None: ...


class RunRenderer(Protocol):
    """See ``deployments.kdtalker.kdtalker.rendering.RunRenderer``."""

    def start(self, run: Run) -> "list[Future[Rgb]]": ...
    def warm_up(self) -> None: ...


Loaded = TypeVar("Loaded")


class Installed:
    """Loads once, at the first use; safe to share between threads. ``drawn`` is told of each
    batch of frames drawn here; ``elsewhere`` are others with the same model, who draw some."""

    def __init__(
        self, models: Path, setup: Setup, drawn: Meter, elsewhere: Elsewhere | None = None
    ) -> None:
        self._models, self._setup, self._drawn = models, setup, drawn
        self._elsewhere = elsewhere
        self._lock = Lock()
        self._performer: Performer | None = None
        self._renderer: RunRenderer | None = None
        self._fault: str | None = None

    def missing(self, engine: str) -> str | None:
        """What is lacking here to draw for someone who asks for ``engine``."""
        missing = licences.missing_for(NAME, self._models)
        if missing is not None:
            return missing
        if find_spec("torch") is None:
            return PACKAGES
        if self._fault is not None:
            return self._fault
        return GPU if engine == "auto" and not self.chosen_by_auto else None

    @property
    def chosen_by_auto(self) -> bool:
        return self._setup.on_cpu or not self._device.startswith("cpu")

    @cached_property
    def version(self) -> str:
        """Of the code and everything else that a frame depends on: files, precision, encoder."""
        return f"{self.drawing}-{self.codec}"

    @cached_property
    def drawing(self) -> str:
        """Names all that a face depends on, whoever draws it."""
        return "-".join([VERSION, self._weights, self._dtype])

    @cached_property
    def codec(self) -> Codec:
        """NVENC where there is one (an H100 has none)."""
        if self._setup.encoder != "auto":
            return self._setup.encoder
        on_gpu = self._device.startswith("cuda") and can_encode("h264_nvenc")
        return "h264_nvenc" if on_gpu else "libx264"

    def performer(self) -> Performer:
        """Raises EngineUnavailable, from then on each time, when the files are wrong, and
        DeviceMemoryFull."""
        with self._lock:
            if self._performer is None:
                load = import_module(PLAYING).load_performer
                self._performer = self._loaded(lambda *how: load(*how, self._elsewhere))
            return self._performer

    def renderer(self) -> RunRenderer:
        """As ``performer``, for who draws and does not play."""
        with self._lock:
            if self._renderer is None:
                self._renderer = self._loaded(import_module(DRAWING).load_run_renderer)
            return self._renderer

    def _loaded(self, load: Callable[..., Loaded]) -> Loaded:
        if self._fault is not None:
            raise EngineUnavailable(NAME, self._fault)
        batch = self._setup.batch or (CPU_BATCH if self._device == "cpu" else GPU_BATCH)
        try:
            return load(self._models / NAME, self._device, self._dtype, batch, self._drawn)
        except DeviceFull as error:
            raise DeviceMemoryFull(NAME) from error
        except ModelFault as error:
            self._fault = str(error)
            raise EngineUnavailable(NAME, self._fault) from error

    @cached_property
    def _device(self) -> str:
        if self._setup.device != "auto":
            return self._setup.device
        return "cuda" if import_module("torch").cuda.is_available() else "cpu"

    @cached_property
    def _dtype(self) -> str:
        if self._setup.dtype != "auto":
            return self._setup.dtype
        if self._device.startswith("cpu"):
            return "float32"
        # the older half precision where the newer one would be emulated
        return "bfloat16" if import_module("torch").cuda.is_bf16_supported(False) else "float16"

    @cached_property
    def _weights(self) -> str:
        """One name for all official files, whoever put them there."""
        whole = hashlib.sha256()
        for path in sorted((self._models / NAME).rglob("*.pth")):
            with path.open("rb") as file:
                whole.update(hashlib.file_digest(file, "sha256").digest())
        return whole.hexdigest()[:12]
