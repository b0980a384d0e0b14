"""The still pictures that stand for a lesson and for its scenes."""

import io
from pathlib import Path

import av
from av.video.frame import VideoFrame
from PIL import Image

QUALITY = 88
SCENE_QUALITY = 80
SCENE_WIDTH = 480
"""Pixels: sharp on the densest screens at the width that strips of scenes show them in."""


def write_poster(clip: Path, out: Path) -> None:
    """The clip's first picture as a JPEG of full size: scenes start with the presenter at rest."""
    image = Image.fromarray(_first(clip).to_ndarray(format="rgb24"))
    image.save(out, "JPEG", quality=QUALITY, optimize=True, progressive=True)


def scene_poster(clip: Path) -> bytes:
    """The clip's first picture as a WebP, at most ``SCENE_WIDTH`` wide.

    At rest, a mouth is shut and eyes are open; and one picture is decoded, whatever the clip.
    """
    first = _first(clip)
    width = min(SCENE_WIDTH, first.width)
    height = round(first.height * width / first.width)
    small = first.reformat(width, height, "rgb24", interpolation="AREA")
    out = io.BytesIO()
    Image.fromarray(small.to_ndarray()).save(out, "WEBP", quality=SCENE_QUALITY)
    return out.getvalue()


def _first(clip: Path) -> VideoFrame:
    with av.open(str(clip)) as container:
        return next(container.decode(container.streams.video[0]))
