"""How fast the puppet draws on one core, by part, beside a plain warp of whole frames.

Prints processor time, so that a busy machine changes it little:
``python bench/puppet.py [--models FOLDER] [--seconds 8]``
"""

import argparse
import time
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
from skimage.data import astronaut

from deployments.kdtalker.face import FaceFinder
from deployments.kdtalker.puppet import Doll, on_stage, tracks
from pipeline.engines import VideoRequest
from pipeline.lesson import SAMPLE_RATE, Phoneme, Speech, VideoSpec
from pipeline.media.colour import Nv12, to_nv12
from pipeline.media.compose import Stage
from pipeline.media.encode import encode
from pipeline.media.picture import Rgba, read_picture

DRAWING = Path(__file__).parents[1] / "samples" / "portrait.png"
SYMBOLS = "ðɪsɪzhWəpʌpətspiks"
PARTS = ("mouth", "head", "compose")
HEAD = f"{'portrait':11} {'size':10} {'set-up':>7}" + "".join(
    f"{part:>9}" for part in (*PARTS, "encode", "fps", "× real")
)


class Stopwatch:
    """Processor milliseconds, by part."""

    def __init__(self) -> None:
        self.spent = dict.fromkeys(PARTS, 0.0)
        self._last = time.process_time()

    def start(self) -> None:
        self._last = time.process_time()

    def lap(self, part: str) -> None:
        now = time.process_time()
        self.spent[part] += (now - self._last) * 1000
        self._last = now


def main() -> None:
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--models", type=Path, default=Path(".lectern/models"))
    arguments.add_argument("--seconds", type=float, default=8.0)
    given = arguments.parse_args()
    cv2.setNumThreads(1)
    faces = FaceFinder(given.models)
    photograph = np.dstack([astronaut(), np.full((512, 512), 255, np.uint8)])
    portraits = {"photograph": photograph, "drawing": read_picture(DRAWING.read_bytes())}
    sizes = (
        VideoSpec(),
        VideoSpec(resolution="720p", aspect="16:9"),
        VideoSpec(resolution="1080p", aspect="16:9"),
        VideoSpec(resolution="1080p"),
    )
    print(HEAD)
    for name, portrait in portraits.items():
        for video in sizes:
            print(f"{name:11} {row(faces, portrait, video, babble(given.seconds))}")
    print(f"plain warp  {plain(photograph[..., :3], babble(given.seconds).frames)}")


def row(faces: FaceFinder, portrait: Rgba, video: VideoSpec, speech: Speech) -> str:
    """Milliseconds for a picture by part, pictures a second, and times real time."""
    watch = Stopwatch()
    start = time.process_time()
    face = faces.find_face(portrait)
    stage = Stage(video, portrait, face.box)
    assert stage.presenter is not None
    assert stage.placed is not None
    ask = VideoRequest(b"", speech, video)
    doll = Doll(stage.presenter, on_stage(face, stage.placed), tracks(ask)[1])
    ready = time.process_time()
    pieces = encode(pictures(stage, doll, ask, watch), video.size)
    count = sum(piece.frames for piece in pieces)
    whole = (time.process_time() - ready) * 1000
    each = [watch.spent[part] / count for part in PARTS]
    encoding = whole / count - sum(each)
    figures = "".join(f"{ms:9.2f}" for ms in (*each, encoding))
    rate = 1000 * count / whole
    size = "×".join(map(str, video.size))
    return f"{size:10} {(ready - start) * 1000:7.0f}{figures}{rate:9.1f}{rate / 25:9.1f}"


def pictures(stage: Stage, doll: Doll, ask: VideoRequest, watch: Stopwatch) -> Iterator[Nv12]:
    windows = [stage.window(at.left, at.top, at.width, at.height) for at in doll.patches]
    for mouth, pose, shut in zip(*tracks(ask), strict=True):
        watch.start()
        doll.express(mouth, float(shut))
        watch.lap("mouth")
        turned = list(doll.turn(pose))
        watch.lap("head")
        for window, planes in zip(windows, turned, strict=True):
            window.show(planes)
        watch.lap("compose")
        yield stage.picture


def plain(picture: Rgba, count: int) -> str:
    """What is saved: one floating-point field over the whole RGB frame, then a conversion."""
    height, width = picture.shape[:2]
    x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))

    def warped() -> Iterator[Nv12]:
        for index in range(count):
            bump = np.exp(-((x - 225) ** 2 + (y - 150) ** 2) / 900) * np.sin(index / 3) * 6
            mask = np.exp(-((x - 225) ** 2 + (y - 120) ** 2) / 9000)
            across = (x - 2 * mask * np.sin(index / 20)).astype(np.float32)
            down = (y - bump - mask).astype(np.float32)
            moved = cv2.remap(picture.astype(np.float32), across, down, cv2.INTER_CUBIC)
            mixed = moved * mask[..., None] + picture * (1 - mask[..., None])
            yield to_nv12(np.clip(mixed, 0, 255).astype(np.uint8))

    start = time.process_time()
    pieces = sum(piece.frames for piece in encode(warped(), (width, height)))
    rate = pieces / (time.process_time() - start)
    return f"{width}×{height}    {'':7}{'':36}{rate:9.1f}{rate / 25:9.1f}"


def babble(seconds: float) -> Speech:
    """Noise with phonemes, ten a second, and a closing pause."""
    sound = np.random.default_rng(0).normal(0, 0.1, round(seconds * SAMPLE_RATE))
    count = int((seconds - 1) * 10)
    phonemes = tuple(
        Phoneme(SYMBOLS[index % len(SYMBOLS)], 0.3 + index / 10, 0.4 + index / 10)
        for index in range(count)
    )
    return Speech(sound.astype(np.float32), (), phonemes)


if __name__ == "__main__":
    main()
