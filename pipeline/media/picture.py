"""Uploaded pictures to pixels, without trusting them."""

import io
import warnings

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from pipeline.errors import PictureSizeRefused, PictureUnreadable

Rgba = NDArray[np.uint8]
"""Shape [height, width, 4]; alpha is not multiplied in."""

SHORTEST, LONGEST = 256, 8192
FORMATS = ("JPEG", "PNG", "WEBP")


def read_picture(data: bytes, shortest: int = SHORTEST) -> Rgba:
    """The picture, turned upright by its EXIF tag.

    The size is checked before a pixel is unpacked. Raises PictureUnreadable, PictureSizeRefused.
    """
    try:
        with warnings.catch_warnings(), Image.open(io.BytesIO(data), formats=FORMATS) as picture:
            # sizes are ours to judge, just below
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            _check_size(picture.size, shortest)
            return np.asarray(ImageOps.exif_transpose(picture).convert("RGBA"))
    except UnidentifiedImageError as error:
        raise PictureUnreadable("it is no JPEG, PNG or WebP") from error
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise PictureUnreadable(str(error)) from error


def _check_size(size: tuple[int, int], shortest: int) -> None:
    if not all(shortest <= side <= LONGEST for side in size):
        raise PictureSizeRefused(*size, shortest, LONGEST)
