"""How fast faces drawn anew are put back into a portrait on one core, and how flat memory stays.

The faces are the crop itself, swaying: no model is needed. Prints processor time, so that a busy
machine changes it little: ``python -m bench.pasted [--models FOLDER] [--pictures 300]``
"""

import argparse
import resource
import time
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np

from bench.puppet import DRAWING
from deployments.kdtalker.face import FaceFinder
from deployments.kdtalker.pasted import Pasted
from pipeline.engines import VideoRequest
from pipeline.lesson import SAMPLE_RATE, Speech, VideoSpec
from pipeline.media.colour import Rgb
from pipeline.media.picture import Rgba, read_picture
from tests.portraits import photograph

SIZES = (
    VideoSpec(),
    VideoSpec(resolution="720p", aspect="16:9"),
    VideoSpec(resolution="720p", aspect="9:16"),
    VideoSpec(resolution="1080p", aspect="16:9"),
    VideoSpec(resolution="1080p", aspect="9:16"),
)
SWAYS = 8
HEAD = " ".join(
    (
        f"{'portrait':11} {'size':10}",
        f"{'set-up ms':>10} {'ms a picture':>13} {'a second':>9} {'MB more':>8}",
    )
)


def main() -> None:
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--models", type=Path, default=Path(".lectern/models"))
    arguments.add_argument("--pictures", type=int, default=300)
    given = arguments.parse_args()
    cv2.setNumThreads(1)
    finder = FaceFinder(given.models)
    portraits = {
        "photograph": read_picture(photograph()),
        "drawing": read_picture(DRAWING.read_bytes()),
    }
    print(HEAD)
    for name, portrait in portraits.items():
        for video in SIZES:
            print(f"{name:11} {row(finder, portrait, video, given.pictures)}")


def row(finder: FaceFinder, portrait: Rgba, video: VideoSpec, count: int) -> str:
    face = finder.find_face(portrait)
    ask = VideoRequest(b"", Speech(np.zeros(SAMPLE_RATE, np.float32)), video)
    start = time.process_time()
    pasted = Pasted(ask, portrait, face)
    pictures = pasted.pictures(swaying(pasted.crop, count))
    next(pictures)
    ready, before = time.process_time(), peak()
    for _ in pictures:
        pass
    each = (time.process_time() - ready) / (count - 1)
    size = "×".join(map(str, video.size))
    set_up = (ready - start) * 1000
    rates = f"{set_up:10.0f} {each * 1000:13.2f} {1 / each:9.0f}"
    return f"{size:10} {rates} {peak() - before:8.1f}"


def swaying(crop: Rgb, count: int) -> Iterator[Rgb]:
    turns = [cv2.getRotationMatrix2D((256, 400), 3 * np.sin(k), 1) for k in range(SWAYS)]
    faces = [np.asarray(cv2.warpAffine(crop, turn, (512, 512)), np.uint8) for turn in turns]
    for index in range(count):
        yield faces[index % SWAYS]


def peak() -> float:
    """Megabytes this process ever had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
