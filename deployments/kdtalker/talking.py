"""The video engine of a trained generator: a portrait's face drawn anew in every picture.

The model draws the face (``kdtalker``), ``Pasted`` puts it back into the portrait on its stage.
"""

import asyncio
from collections.abc import AsyncGenerator, Generator, Iterable, Iterator
from contextlib import suppress
from itertools import repeat
from pathlib import Path
from time import monotonic
from typing import Protocol

import cv2

from deployments.kdtalker.alive import with_signs_of_life
from deployments.kdtalker.directed import direct
from deployments.kdtalker.face import FaceFinder
from deployments.kdtalker.kdtalker.direction import Direction
from deployments.kdtalker.kdtalker.faults import DeviceFull
from deployments.kdtalker.kdtalker.meter import Meter
from deployments.kdtalker.pasted import Pasted
from deployments.kdtalker.weights import NAME, VERSION, Performer
from pipeline.engines import EngineCard, VideoRequest, in_thread
from pipeline.errors import DeviceMemoryFull, EngineUnavailable
from pipeline.lesson import ClipPiece
from pipeline.media.burn_in import burn_in
from pipeline.media.colour import Nv12, Rgb
from pipeline.media.encode import GROUP, Codec, encode
from pipeline.media.picture import read_picture

LABEL = "Drawn by KDTalker"
FACE_FILES = "the files that find a face; run `lectern models pull puppet`"


class Model(Protocol):
    """See ``Installed``."""

    @property
    def version(self) -> str: ...
    @property
    def codec(self) -> Codec: ...
    @property
    def chosen_by_auto(self) -> bool: ...
    def missing(self, engine: str) -> str | None: ...
    def performer(self) -> Performer: ...


class Talking:
    """``encoded`` is told of each group of pictures."""

    def __init__(self, models: Path, model: Model, encoded: Meter) -> None:
        self._faces, self._model, self._encoded = FaceFinder(models), model, encoded

    async def card(self, ask: VideoRequest) -> EngineCard:
        # files are read for it, once
        return await asyncio.to_thread(self._card, ask)

    def animate(self, ask: VideoRequest) -> AsyncGenerator[ClipPiece, None]:
        drawn = _Count()
        return with_signs_of_life(in_thread(self._clip(ask, drawn)), lambda: drawn.pictures)

    def prepare(self) -> None:
        """Loads the model and warms it up, where ``auto`` would take it: the first lesson need not
        wait. What goes wrong here is told to who asks for a lesson: the card names files that are
        wrong."""
        if self._missing("auto") is None:
            with suppress(EngineUnavailable, DeviceMemoryFull, DeviceFull):
                self._model.performer().warm_up()

    def pictures(self, ask: VideoRequest) -> Iterator[Nv12]:
        """The frames of a scene; one array, drawn over again for each."""
        portrait = read_picture(ask.portrait)
        face = self._faces.find_face(portrait)
        scene = Pasted(ask, portrait, face)
        if not scene.shows_face:
            return scene.pictures(repeat(scene.crop, ask.speech.frames))
        return scene.pictures(self._drawn(scene.crop, direct(ask, face)))

    def _drawn(self, crop: Rgb, direction: Direction) -> Iterator[Rgb]:
        try:
            yield from self._model.performer().perform(crop, direction)
        except DeviceFull as error:
            raise DeviceMemoryFull(NAME) from error

    def _clip(self, ask: VideoRequest, drawn: "_Count") -> Generator[ClipPiece, None, None]:
        # scenes run side by side, each on a core
        cv2.setNumThreads(1)
        size = ask.video.size
        pictures = burn_in(drawn.counted(self.pictures(ask)), ask.captions, size)
        yield from encode(_timed(pictures, self._encoded), size, self._model.codec)

    def _card(self, ask: VideoRequest) -> EngineCard:
        missing = self._missing(ask.engine)
        version = VERSION if missing else self._model.version
        return EngineCard(NAME, version, "model", LABEL, missing=missing)

    def _missing(self, engine: str) -> str | None:
        return self._model.missing(engine) or (FACE_FILES if self._faces.missing else None)


class _Count:
    """How many pictures of a scene are drawn, for who asks from another thread."""

    def __init__(self) -> None:
        self.pictures = 0

    def counted(self, pictures: Iterable[Nv12]) -> Iterator[Nv12]:
        for picture in pictures:
            self.pictures += 1
            yield picture


def _timed(pictures: Iterable[Nv12], encoded: Meter) -> Iterator[Nv12]:
    """The same pictures; what whoever takes them does in between is their encoding."""
    frames, seconds = 0, 0.0
    for picture in pictures:
        given = monotonic()
        yield picture
        seconds += monotonic() - given
        frames += 1
        if frames == GROUP:
            encoded(frames, seconds)
            frames, seconds = 0, 0.0
    if frames:
        encoded(frames, seconds)
