"""Zonos as an engine that speaks. Nothing of torch is imported before somebody needs it."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from threading import Lock
from typing import Protocol

from deployments.zyphra.zonos_speech.files import ENGINE, identity, lacking
from deployments.zyphra.zonos_speech.languages import missing_language
from deployments.zyphra.zonos_speech.load import Load, Report
from deployments.zyphra.zonos_speech.settings import ZonosSettings
from pipeline.engines import EngineCard, SpeechRequest
from pipeline.errors import EngineUnavailable, LessonError
from pipeline.lesson import Speech

logger = logging.getLogger(__name__)

NAME = ENGINE
REVISION = 2
"""Goes up with every change that makes the same narration sound or be timed differently."""
LABEL = "Spoken by Zonos in a voice cloned from your sample"
NO_SAMPLE = "it needs a voice sample"
NO_PACKAGES = "its packages; run `pip install 'lectern[models]'`"
NO_GPU = "a GPU; choose “zonos” by name to wait for a CPU, or set LECTERN_ZONOS_ON_CPU"
PACKAGES = ("torch", "transformers", "safetensors", "phonemizer", "espeakng_loader")


class Narrator(Protocol):
    """The engine, loaded (``deployments.zyphra.zonos_speech.narrator``)."""

    @property
    def alive(self) -> bool: ...
    async def learn(self, recording: bytes) -> bytes: ...
    def speak(self, ask: SpeechRequest) -> AsyncGenerator[Speech, None]: ...
    async def warm_up(self) -> None: ...
    def close(self) -> None: ...


LoadNarrator = Callable[[Path, ZonosSettings, str, Report], Narrator]


class Zonos:
    """Making one costs nothing; the model is loaded by ``warm_up`` or when it first speaks.

    ``report`` hears about once a second how busy the batch is, from a thread of ours.
    """

    def __init__(
        self,
        models: Path,
        settings: ZonosSettings | None = None,
        report: Report | None = None,
        load: LoadNarrator | None = None,
    ) -> None:
        self._models, self._settings = models, settings or ZonosSettings()
        self._report, self._load = report or unheard, load or load_narrator
        self._narrator: Narrator | None = None
        self._broken: str | None = None
        self._loading = Lock()

    @property
    def alive(self) -> bool:
        """Whether it can go on speaking; one that was not loaded yet can."""
        return self._narrator is None or self._narrator.alive

    async def card(self, ask: SpeechRequest) -> EngineCard:
        missing = await asyncio.to_thread(self._missing, ask)
        version = await asyncio.to_thread(self._version)
        return EngineCard(NAME, version, "model", LABEL, missing=missing)

    async def learn(self, ask: SpeechRequest) -> bytes | None:
        """The speaker embedding. Raises SoundUnreadable, VoiceSilent, VoiceLengthRefused."""
        if ask.voice is None:
            return None
        return await (await asyncio.to_thread(self.load)).learn(ask.voice)

    async def speak(self, ask: SpeechRequest) -> AsyncGenerator[Speech, None]:
        narrator = await asyncio.to_thread(self.load)
        async with aclosing(narrator.speak(ask)) as pieces:
            async for piece in pieces:
                yield piece

    async def warm_up(self) -> None:
        """Loads the model and makes a moment of sound, where ``auto`` would take it.

        What goes wrong is said by the card from then on, and the other voices are not held up.
        """
        if await asyncio.to_thread(lambda: self._lacks() or self._lacks_gpu()) is not None:
            return
        try:
            await (await asyncio.to_thread(self.load)).warm_up()
        except LessonError as error:
            logger.exception("Zonos cannot run here")
            self._broken = str(error)

    def load(self) -> Narrator:
        """Raises EngineUnavailable."""
        with self._loading:
            if self._narrator is None:
                lacks = self._lacks()
                if lacks is not None:
                    raise EngineUnavailable(NAME, lacks)
                self._narrator = self._load(self._models, self._settings, device(), self._report)
            return self._narrator

    def close(self) -> None:
        with self._loading:
            if self._narrator is not None:
                self._narrator.close()
                self._narrator = None

    def _missing(self, ask: SpeechRequest) -> str | None:
        if ask.voice is None:
            return NO_SAMPLE
        language = missing_language(ask.language)
        return self._lacks() or language or (self._lacks_gpu() if ask.engine == "auto" else None)

    def _lacks(self) -> str | None:
        """What it cannot do without, whoever asks."""
        if self._broken is not None:
            return self._broken
        if not all(map(find_spec, PACKAGES)):
            return NO_PACKAGES
        return lacking(self._models, self._settings.variant)

    def _lacks_gpu(self) -> str | None:
        return NO_GPU if device() == "cpu" and not self._settings.on_cpu else None

    def _version(self) -> str:
        """Which weights, in which precision; without its files it could not have spoken."""
        if self._lacks() is not None:
            return f"v0.1+{REVISION}"
        variant, precision = self._settings.variant, self._settings.precision_on(device())
        return f"v0.1-{variant}-{identity(self._models, variant)}-{precision}+{REVISION}"


def device() -> str:
    """Where the model runs here; loads torch."""
    return "cuda" if import_module("torch").cuda.is_available() else "cpu"


def load_narrator(models: Path, settings: ZonosSettings, place: str, report: Report) -> Narrator:
    # by name: who does not speak with it does not load torch
    loading = import_module("deployments.zyphra.zonos_speech.loading")
    narrator: Narrator = loading.load_narrator(models, settings, place, report)
    return narrator


def unheard(load: Load) -> None:
    """Where nobody watches."""
