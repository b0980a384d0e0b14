"""Checks an uploaded picture and writes it anew: upright, in sRGB, with nothing but its pixels.

A small one is written beside it (``thumbnail``). Both hold no position, no comment and nothing that
was hidden behind the picture.
"""

import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pypdfium2
from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError
from PIL.Image import Image as Picture

from pipeline.errors import PictureSizeRefused, PictureUnreadable
from pipeline.media.picture import FORMATS, LONGEST, SHORTEST
from pipeline.media.thumbnail import write_thumbnail

KEPT_LONGEST = 3072
"""Larger pictures are scaled down to this: the finest lesson shows 1920 pixels."""
QUALITY = 95
PDF = b"%PDF-"
PDF_LONGEST = 1920


def inspect_picture(source: Path, target: Path) -> dict[str, Any]:
    """For a portrait: JPEG, PNG or WebP. Gives the kept size, the uploaded one, and the type.

    Raises PictureUnreadable and PictureSizeRefused.
    """
    with _readable(), Image.open(source, formats=FORMATS) as picture:
        _check(picture)
        return _keep(picture, target)


def inspect_slide(source: Path, target: Path) -> dict[str, Any]:
    """For a slide: a picture, or a PDF of which the first page is drawn."""
    with source.open("rb") as file:
        is_pdf = file.read(len(PDF)) == PDF
    return _keep(_first_page(source), target) if is_pdf else inspect_picture(source, target)


@contextmanager
def _readable() -> Iterator[None]:
    try:
        with warnings.catch_warnings():
            # sizes are ours to judge, before a pixel is unpacked
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            yield
    except UnidentifiedImageError as error:
        raise PictureUnreadable("it is not a JPEG, PNG or WebP file") from error
    except Image.DecompressionBombError as error:
        raise PictureUnreadable("it unpacks to far more than it should") from error
    except MemoryError as error:
        raise PictureUnreadable("it takes too much memory to open") from error
    except (OSError, ValueError, SyntaxError, EOFError) as error:
        raise PictureUnreadable(f"it is damaged ({error})") from error


def _check(picture: Picture) -> None:
    if not all(SHORTEST <= side <= LONGEST for side in picture.size):
        raise PictureSizeRefused(*picture.size, SHORTEST, LONGEST)
    if getattr(picture, "is_animated", False) and picture.format != "MPO":
        raise PictureUnreadable("it is an animation; send a single picture")


def _keep(picture: Picture, target: Path) -> dict[str, Any]:
    form = picture.format if picture.format in ("PNG", "WEBP") else "JPEG"
    upright = ImageOps.exif_transpose(picture)
    kept = _in_srgb(upright, picture.info.get("icc_profile"))
    uploaded_size = kept.size
    kept.thumbnail((KEPT_LONGEST, KEPT_LONGEST), Image.Resampling.LANCZOS)
    kept.info.clear()
    options: dict[str, dict[str, Any]] = {
        "JPEG": {"quality": QUALITY, "subsampling": 0},
        "WEBP": {"quality": QUALITY, "method": 2},
        "PNG": {"compress_level": 4},
    }
    kept.save(target, form, **options[form])
    write_thumbnail(kept, target)
    return {
        "content_type": f"image/{form.lower()}",
        "width": kept.width,
        "height": kept.height,
        "uploaded_width": uploaded_size[0],
        "uploaded_height": uploaded_size[1],
    }


def _in_srgb(picture: Picture, profile: bytes | None) -> Picture:
    """RGB or RGBA as screens show it; a profile that cannot be read is left out."""
    if picture.mode.startswith("I;16"):
        # 16 bit grey: Pillow would clip instead of scaling
        picture = picture.point(lambda level: level / 256).convert("L")
    mode = "RGBA" if picture.has_transparency_data else "RGB"
    if profile and picture.mode in ("RGB", "RGBA", "CMYK"):
        try:
            embedded = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            screen = ImageCms.createProfile("sRGB")
            mapped = ImageCms.profileToProfile(picture, embedded, screen, outputMode=mode)
            picture = mapped or picture
        except (ImageCms.PyCMSError, OSError):
            return picture.convert(mode)
    return picture.convert(mode)


def _first_page(source: Path) -> Picture:
    try:
        with pypdfium2.PdfDocument(source) as document:
            page = document[0]
            longest = max(page.get_size())
            if longest < 1:
                raise PictureUnreadable("the page has no size")
            drawn = page.render(scale=PDF_LONGEST / longest).to_pil()
    except (pypdfium2.PdfiumError, IndexError) as error:
        raise PictureUnreadable(f"the PDF cannot be opened ({error})") from error
    _check(drawn)
    return _as_png(drawn)


def _as_png(drawn: Picture) -> Picture:
    drawn = drawn.convert("RGB")
    drawn.format = "PNG"
    return drawn
