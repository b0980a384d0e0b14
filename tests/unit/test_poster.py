"""The small picture that stands for a scene."""

import io
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pipeline.media.colour import Nv12, to_nv12
from pipeline.media.encode import encode
from pipeline.media.poster import scene_poster

AT_REST, LATER = (200, 60, 40), (20, 90, 160)


def clip(path: Path, size: tuple[int, int]) -> Path:
    """Its first picture of one colour, the others of another."""

    def pictures() -> Iterator[Nv12]:
        for colour in (AT_REST, LATER, LATER):
            yield to_nv12(np.full((size[1], size[0], 3), colour, np.uint8))

    path.write_bytes(b"".join(piece.bytes_ for piece in encode(pictures(), size)))
    return path


@pytest.mark.parametrize(
    ("size", "small"),
    [
        ((1280, 720), (480, 270)),
        ((512, 912), (480, 855)),
        ((128, 96), (128, 96)),
    ],
)
def test_a_poster_is_the_first_picture_small_and_in_its_colours(
    tmp_path: Path, size: tuple[int, int], small: tuple[int, int]
) -> None:
    poster = Image.open(io.BytesIO(scene_poster(clip(tmp_path / "clip.mp4", size))))
    assert (poster.format, poster.size) == ("WEBP", small)
    colours = np.asarray(poster.convert("RGB")).reshape(-1, 3)
    assert colours.mean(axis=0) == pytest.approx(AT_REST, abs=4)
