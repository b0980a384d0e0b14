"""Drawing the parts of a frame that do not move: backgrounds, cards, slides, the label."""

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageColor, ImageDraw, ImageFont

from pipeline.media.colour import Rgb
from pipeline.media.layout import Rect
from pipeline.media.picture import Rgba

Floats = NDArray[np.float32]

CORNER = 0.07
"""Radius of a card's corner, as part of its shorter side."""
SLIDE_CORNER = 0.012
SHADOW = 0.22
LABEL_HEIGHT = 0.030
"""Height of the label's letters, as part of the frame's shorter side; at least 12 pixels."""
LABEL_INK, LABEL_GROUND = (255, 255, 255), (24, 24, 28)
LABEL_OPACITY = 0.62
OPAQUE = 255


class Canvas:
    """An RGB frame in floating point, [height, width, 3] in 0..255."""

    def __init__(self, size: tuple[int, int], colour: str) -> None:
        self._size = size
        ground = np.array(ImageColor.getrgb(colour), np.float32)
        self._frame = np.tile(ground, (size[1], size[0], 1))

    def rgb(self) -> Rgb:
        pixels: Rgb = np.clip(np.rint(self._frame), 0, 255).astype(np.uint8)
        return pixels

    def fill(self, picture: Rgba) -> None:
        """The picture over the whole frame; what is too much of it is cut off evenly."""
        width, height = self._size
        scale = max(width / picture.shape[1], height / picture.shape[0])
        wide, high = (round(side * scale) for side in picture.shape[1::-1])
        left, top = (wide - width) // 2, (high - height) // 2
        scaled = _resize(picture, max(wide, width), max(high, height))
        self._paint(scaled[top : top + height, left : left + width], Rect(0, 0, width, height))

    def card(self, at: Rect) -> None:
        """A shadow, and a panel in a tint of what is there, for a presenter to sit on."""
        radius = CORNER * min(at.width, at.height)
        light = float(self._frame.mean()) > 110
        panel = self._frame * 0.88 if light else self._frame * 0.8 + 36
        self._shadow(at, radius)
        self._frame += self._inside(at, radius)[..., None] * (panel - self._frame)

    def picture(self, picture: Rgba, at: Rect) -> None:
        """A slide: whole, with barely rounded corners. It throws a faint shadow, unless one sees
        through it: the shadow would darken what shines through."""
        radius = SLIDE_CORNER * min(at.width, at.height)
        if picture[..., 3].min() == OPAQUE:
            self._shadow(at, radius)
        scaled = _resize(picture, int(at.width), int(at.height))
        corners = rounded(scaled.shape[1], scaled.shape[0], radius)
        scaled[..., 3] = (scaled[..., 3] * corners).round().astype(np.uint8)
        self._paint(scaled, at)

    def label(self, text: str) -> NDArray[np.uint8]:
        """Writes ``text`` in the lower left corner; returns how much it covers, 0..255."""
        width, height = self._size
        letters = max(round(LABEL_HEIGHT * min(width, height)), 12)
        pill, ink = _pill(text, letters)
        left, bottom = letters, height - letters
        where = np.s_[bottom - pill.shape[0] : bottom, left : left + pill.shape[1]]
        cover = np.maximum(pill * LABEL_OPACITY, ink)[..., None]
        colour = (ink[..., None] * LABEL_INK + (1 - ink[..., None]) * LABEL_GROUND) * cover
        self._frame[where] = self._frame[where] * (1 - cover) + colour
        covered = np.zeros((height, width), np.uint8)
        covered[where] = (cover[..., 0] * 255).round()
        return covered

    @staticmethod
    def corners(size: tuple[int, int], round_: bool) -> NDArray[np.uint8]:
        """Opacity of a rectangle, whose corners are a card's if ``round_``."""
        if not round_:
            return np.full(size[::-1], 255, np.uint8)
        inside = rounded(*size, CORNER * min(size))
        return np.asarray((inside * 255).round(), np.uint8)

    def _paint(self, picture: Rgba, at: Rect) -> None:
        left, top = int(at.left), int(at.top)
        where = np.s_[top : top + picture.shape[0], left : left + picture.shape[1]]
        alpha = picture[..., 3:] / np.float32(255)
        self._frame[where] += alpha * (picture[..., :3] - self._frame[where])

    def _shadow(self, at: Rect, radius: float) -> None:
        blur = 0.06 * min(at.width, at.height) + 2
        fallen = Rect(at.left, at.top + blur * 0.35, at.width, at.height)
        away = np.clip(_distance(self._size, fallen, radius) / blur, -1, 1)
        strength = SHADOW * ((1 - away) / 2) ** 2
        self._frame *= 1 - strength[..., None]

    def _inside(self, at: Rect, radius: float) -> Floats:
        return _filled(_distance(self._size, at, radius))


def rounded(width: int, height: int, radius: float) -> Floats:
    """Opacity of a rectangle with round corners: [height, width]."""
    whole = Rect(0, 0, width, height)
    return _filled(_distance((width, height), whole, radius))


def _filled(distance: Floats) -> Floats:
    """Opacity of what lies inside, its edge one pixel soft."""
    return np.asarray(np.clip(0.5 - distance, 0, 1), np.float32)


def _distance(size: tuple[int, int], at: Rect, radius: float) -> Floats:
    """Signed distance in pixels from the edge of a rounded rectangle, negative inside."""
    across = np.abs(np.arange(size[0], dtype=np.float32) + 0.5 - at.left - at.width / 2)
    down = np.abs(np.arange(size[1], dtype=np.float32) + 0.5 - at.top - at.height / 2)
    x = (across - at.width / 2 + radius)[None, :]
    y = (down - at.height / 2 + radius)[:, None]
    outside = np.hypot(np.maximum(x, 0), np.maximum(y, 0))
    return np.asarray(outside + np.minimum(np.maximum(x, y), 0) - radius, np.float32)


def _pill(text: str, letters: int) -> tuple[Floats, Floats]:
    """Opacity of the ground and of the ink of a line of text; both [height, width]."""
    font = ImageFont.load_default(letters)
    left, top, right, bottom = font.getbbox(text)
    pad = letters // 2
    size = (int(right - left) + 2 * pad + letters // 2, int(bottom - top) + 2 * pad)
    ink = Image.new("L", size)
    draw = ImageDraw.Draw(ink)
    draw.text((size[0] / 2, size[1] / 2), text, fill=255, font=font, anchor="mm")
    return rounded(*size, size[1] / 2), np.asarray(ink, np.float32) / np.float32(255)


def _resize(picture: Rgba, width: int, height: int) -> Rgba:
    smaller = width < picture.shape[1]
    method = cv2.INTER_AREA if smaller else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(picture, (width, height), interpolation=method), np.uint8)
