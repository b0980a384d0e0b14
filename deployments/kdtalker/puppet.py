"""The built-in video engine: a portrait moved by warping it, without a trained generator."""

from collections.abc import AsyncGenerator, Generator, Iterator
from pathlib import Path

import cv2
import numpy as np

from deployments.kdtalker.face import Face, FaceFinder
from deployments.kdtalker.head import Head
from deployments.kdtalker.lids import Lid
from deployments.kdtalker.loudness import Loudness
from deployments.kdtalker.measure import Floats, Measure, measure
from deployments.kdtalker.motion import blink_track, head_track, motion_seed, presence, spoken_until
from deployments.kdtalker.mouth import Mouth
from deployments.kdtalker.staging import set_stage
from deployments.kdtalker.visemes import mouth_track
from pipeline.engines import EngineCard, VideoRequest, in_thread
from pipeline.lesson import ClipPiece
from pipeline.media.burn_in import burn_in
from pipeline.media.colour import Nv12
from pipeline.media.compose import Planes, Stage
from pipeline.media.encode import encode
from pipeline.media.layout import Placed
from pipeline.media.picture import read_picture

VERSION = "3"


class Puppet:
    """Runs anywhere; needs the face models below ``models``."""

    def __init__(self, models: Path) -> None:
        self._faces = FaceFinder(models)

    async def card(self, ask: VideoRequest) -> EngineCard:  # noqa: ARG002
        missing = None
        if self._faces.missing:
            missing = "its model files; run `lectern models pull puppet`"
        label = "Drawn by the built-in puppet"
        return EngineCard(
            "puppet",
            VERSION,
            "embedded",
            label,
            missing=missing,
            ignores=("video.head",),
            trained=False,
        )

    def animate(self, ask: VideoRequest) -> AsyncGenerator[ClipPiece, None]:
        return in_thread(self._clip(ask))

    def _clip(self, ask: VideoRequest) -> Generator[ClipPiece, None, None]:
        # scenes run side by side, each on a core
        cv2.setNumThreads(1)
        size = ask.video.size
        yield from encode(burn_in(self.pictures(ask), ask.captions, size), size)

    def pictures(self, ask: VideoRequest) -> Iterator[Nv12]:
        """The frames of a scene; one array, drawn over again for each."""
        portrait = read_picture(ask.portrait)
        face = self._faces.find_face(portrait)
        stage = set_stage(ask, portrait, face)
        if stage.placed is None or stage.presenter is None:
            return _still(stage, ask.speech.frames)
        return _moving(stage, stage.presenter, on_stage(face, stage.placed), ask)


class Doll:
    """A presenter that can be posed, its head in any of ``poses`` [frames, 5]."""

    def __init__(self, portrait: Planes, face: Measure, poses: Floats) -> None:
        self._portrait, self._face = portrait, portrait.copy()
        self._mouth = Mouth(portrait, face)
        lids = (Lid(portrait, face, right) for right in (True, False))
        self._lids = [lid for lid in lids if lid.opens]
        self._head = Head(portrait, face, poses)
        self._blinking = False
        self.patches = tuple(region.patch for region in self._head.regions)

    def express(self, mouth: Floats, shut: float) -> None:
        """Puts on a face: ``mouth`` in the order of ``SHEET_MOVES``, ``shut`` lids."""
        self._mouth.draw(mouth, self._face)
        if shut > 0 or self._blinking:
            for lid in self._lids:
                lid.draw(shut, self._face)
        self._blinking = shut > 0

    def turn(self, pose: Floats) -> Iterator[Planes]:
        """Each of ``patches``, which hold all that moves, the head in ``pose``. With everything
        zero these are the portrait's own pixels."""
        return self._head.draw(self._face, pose)


def _moving(stage: Stage, portrait: Planes, face: Measure, ask: VideoRequest) -> Iterator[Nv12]:
    mouths, poses, lids = tracks(ask)
    doll = Doll(portrait, face, poses)
    windows = [stage.window(at.left, at.top, at.width, at.height) for at in doll.patches]
    for mouth, pose, shut in zip(mouths, poses, lids, strict=True):
        doll.express(mouth, float(shut))
        for window, planes in zip(windows, doll.turn(pose), strict=True):
            window.show(planes)
        yield stage.picture


def _still(stage: Stage, frames: int) -> Iterator[Nv12]:
    for _ in range(frames):
        yield stage.picture


def tracks(ask: VideoRequest) -> tuple[Floats, Floats, Floats]:
    """Mouth [frames, 7], head [frames, 5], lids [frames]."""
    speech, frames = ask.speech, ask.speech.frames
    seed = motion_seed(speech, ask.seed)
    loudness = Loudness(speech.samples)
    present = presence(frames, spoken_until(speech, loudness))
    mouth = np.column_stack([mouth_track(speech, loudness), present])
    return (
        mouth.astype(np.float32),
        head_track(frames, present, loudness, seed) * np.float32(ask.video.motion),
        blink_track(frames, seed),
    )


def on_stage(face: Face, placed: Placed) -> Measure:
    """The face in pixels of the presenter as shown."""
    scale = placed.at.width / placed.crop.width
    corner = np.array([placed.crop.left, placed.crop.top])
    flat = (face.landmarks[:, :2] - corner) * scale
    points = np.column_stack([flat, face.landmarks[:, 2] * scale])
    lids = (face.lids - corner) * scale
    return measure(points.astype(np.float32), lids.astype(np.float32))
