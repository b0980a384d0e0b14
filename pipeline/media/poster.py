"""The still picture that stands for a lesson."""

from pathlib import Path

import av
from PIL import Image

QUALITY = 88


def write_poster(clip: Path, out: Path) -> None:
    """The clip's first picture as a JPEG of full size: scenes start with the presenter at rest."""
    with av.open(str(clip)) as container:
        picture = next(container.decode(container.streams.video[0]))
    image = Image.fromarray(picture.to_ndarray(format="rgb24"))
    image.save(out, "JPEG", quality=QUALITY, optimize=True, progressive=True)
