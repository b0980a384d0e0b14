"""The small picture that stands for a large one in lists."""

from pathlib import Path

from PIL import Image
from PIL.Image import Image as Picture

LONGEST = 512
"""Pixels of the longer side: sharp on the densest screens at the size that lists show it in."""
QUALITY = 80
WEBP = "image/webp"


def write_thumbnail(picture: Picture, of: Path) -> None:
    """Beside the file that the picture was written to; never larger than the picture itself."""
    small = picture.copy()
    small.thumbnail((LONGEST, LONGEST), Image.Resampling.LANCZOS)
    small.save(thumbnail_of(of), "WEBP", quality=QUALITY)


def thumbnail_of(path: Path) -> Path:
    """Where the small picture of the one in ``path`` lies, if it has one."""
    return path.with_name(f"{path.name}.thumbnail")
