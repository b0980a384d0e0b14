"""Captions drawn into the picture: white letters on a soft dark plate, above the label's line.

Each cue is drawn once, and laid on each of its pictures as a patch of NV12 (``colour``).
"""

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from pipeline.errors import CaptionsNotDrawable
from pipeline.lesson import FPS, Cue
from pipeline.media.canvas import rounded
from pipeline.media.colour import Nv12, chroma_of, luma_of, to_ycc
from pipeline.media.letters import Lettering, lacking

Bytes = NDArray[np.uint8]
Floats = NDArray[np.float32]

LETTERS, AT = 0.044, 512
"""Height of the letters as part of the shorter side of a picture whose shorter side is ``AT``; on
larger ones the part is smaller, as they are watched on larger screens."""
SMALLER = 0.25
LINE_HEIGHT = 1.24
PAD_ACROSS, PAD_DOWN = 0.55, 0.26
"""Between letters and the plate's edge, in heights of letters."""
CORNER = 0.45
MOST_WIDTH = 0.94
BOTTOM = 0.096
"""Room below the plate, as part of the shorter side: it holds the label."""
INK, PLATE = (255, 255, 255), (18, 18, 22)
PLATE_OPACITY = 0.66
VARIANTS = {chr(code) for code in range(0xFE00, 0xFE10)}
"""Selectors of a letter's variant, such as an emoji's."""


@dataclass(frozen=True, slots=True, eq=False)
class Patch:
    """Pixels of a cue at ``left``, ``top`` (even): colours are multiplied with their opacity, and
    ``through`` says how much of what is below is seen."""

    left: int
    top: int
    luma: Bytes
    chroma: Bytes
    through: Bytes
    through_half: Bytes


def burn_in(pictures: Iterable[Nv12], cues: Sequence[Cue], size: tuple[int, int]) -> Iterator[Nv12]:
    """The pictures with the captions over them; ``size`` is width and height.

    A picture is changed in place while it is shown, and given back as it was.
    Raises CaptionsNotDrawable.
    """
    if not cues:
        return iter(pictures)
    check_drawable(cues)
    return _shown(pictures, cues, size)


def check_drawable(cues: Iterable[Cue]) -> None:
    """Raises CaptionsNotDrawable when the fonts here lack a letter of them."""
    check_letters(_text(cue) for cue in cues)


def check_letters(texts: Iterable[str]) -> None:
    """The same, of narrations that are not spoken yet."""
    missing = lacking("".join(_composed(text) for text in texts))
    if missing:
        raise CaptionsNotDrawable(" ".join(missing[:12]))


def _shown(pictures: Iterable[Nv12], cues: Sequence[Cue], size: tuple[int, int]) -> Iterator[Nv12]:
    font = _font_for(cues, size)
    patches = _patches(cues, font, size)
    for picture, patch in zip(pictures, patches, strict=False):
        if patch is None:
            yield picture
            continue
        luma, chroma = _views(picture, patch)
        below = luma.copy(), chroma.copy()
        _lay(patch, luma, chroma)
        yield picture
        luma[:], chroma[:] = below


def _patches(cues: Sequence[Cue], font: Lettering, size: tuple[int, int]) -> Iterator[Patch | None]:
    """What lies over each picture, without end. A cue is shown in the pictures whose middle it
    covers, so that two that meet leave none between them bare."""
    picture = 0
    for cue in cues:
        first, last = (round(at * FPS) for at in (cue.start_seconds, cue.end_seconds))
        while picture < first:
            yield None
            picture += 1
        patch = _drawn(_text(cue), font, size)
        while picture < last:
            yield patch
            picture += 1
    while True:
        yield None


def _views(picture: Nv12, patch: Patch) -> tuple[Bytes, Bytes]:
    (height, width), left, top = patch.luma.shape, patch.left, patch.top
    half = np.s_[top // 2 : (top + height) // 2, left // 2 : (left + width) // 2]
    return luma_of(picture)[top : top + height, left : left + width], chroma_of(picture)[half]


def _lay(patch: Patch, luma: Bytes, chroma: Bytes) -> None:
    luma[:] = cv2.add(cv2.multiply(luma, patch.through, scale=1 / 255), patch.luma)
    chroma[:] = cv2.add(cv2.multiply(chroma, patch.through_half, scale=1 / 255), patch.chroma)


def _drawn(text: str, font: Lettering, size: tuple[int, int]) -> Patch:
    plate, ink = _plate(text, font)
    left = (size[0] - plate.shape[1]) // 4 * 2
    top = (round(size[1] - BOTTOM * min(size)) - plate.shape[0]) // 2 * 2
    cover = np.maximum(plate * PLATE_OPACITY, ink)
    ycc = to_ycc(np.rint(PLATE + ink[..., None] * np.subtract(INK, PLATE)).astype(np.uint8))
    half = cv2.resize(cover, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    tint = cv2.resize(ycc[..., 1:], None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    through_half = _bytes(1 - half)
    return Patch(
        left,
        top,
        _bytes(ycc[..., 0] / 255 * cover),
        _bytes(tint / 255 * half[..., None]),
        _bytes(1 - cover),
        np.dstack([through_half, through_half]),
    )


def _plate(text: str, font: Lettering) -> tuple[Floats, Floats]:
    """Opacity of the ground and of the ink; both [height, width], even."""
    lines = text.split("\n")
    pad, line = round(PAD_ACROSS * font.height), round(LINE_HEIGHT * font.height)
    width = _even(max(font.length(each) for each in lines) + 2 * pad)
    height = _even(line * len(lines) + 2 * PAD_DOWN * font.height)
    ink = Image.new("L", (width, height))
    draw = ImageDraw.Draw(ink)
    ascent, descent = font.metrics
    rise = (line - ascent - descent) / 2 + ascent + (height - line * len(lines)) / 2
    for index, each in enumerate(lines):
        font.draw(draw, width / 2, rise + index * line, each)
    plate = rounded(width, height, CORNER * font.height)
    return plate, np.asarray(ink, np.float32) / np.float32(255)


def _font_for(cues: Sequence[Cue], size: tuple[int, int]) -> Lettering:
    """One size for all, so that every line fits."""
    short = min(size)
    letters = LETTERS * short * (AT / short) ** SMALLER
    sample = "".join(cue.text for cue in cues)
    font = Lettering(letters, sample)
    widest = max(font.length(line) for cue in cues for line in _text(cue).split("\n"))
    room = MOST_WIDTH * size[0] - 2 * PAD_ACROSS * letters
    return font if widest <= room else Lettering(letters * room / widest, sample)


def _text(cue: Cue) -> str:
    return _composed(cue.text)


def _composed(text: str) -> str:
    """Composed letters, which fonts draw best; without marks that are nothing by themselves."""
    composed = unicodedata.normalize("NFC", text)
    return "".join(c for c in composed if unicodedata.category(c) != "Cf" and c not in VARIANTS)


def _even(length: float) -> int:
    return int(np.ceil(length / 2)) * 2


def _bytes(share: NDArray[np.floating]) -> Bytes:
    return np.asarray(np.rint(share * 255), np.uint8)
