"""The stage: background, slide and label drawn once; the moving part of the presenter, each time.

All blending is done in NV12 (``colour``), on the rows and columns that move. Colours of a presenter
are multiplied with its alpha beforehand, so that edges keep clean when they are warped.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.lesson import VideoSpec
from pipeline.media.canvas import Canvas
from pipeline.media.colour import Nv12, chroma_of, luma_of, to_nv12, to_ycc
from pipeline.media.layout import Placed, Rect, Sitter, plan
from pipeline.media.picture import Rgba

Bytes = NDArray[np.uint8]

FAINTEST = 16
"""Opacity, of 255, up to which a pixel of a portrait is taken for empty."""


@dataclass(frozen=True, slots=True, eq=False)
class Planes:
    """Pixels ready to be shown: ``luma`` [h, w], ``chroma`` [h/2, w/2, 2], both even-sized.

    ``alpha`` [h, w] and ``alpha_half`` [h/2, w/2] are None where nothing is see-through; the
    colours are multiplied with them.
    """

    luma: Bytes
    chroma: Bytes
    alpha: Bytes | None = None
    alpha_half: Bytes | None = None

    def part(self, left: int, top: int, width: int, height: int) -> "Planes":
        """A view of an even rectangle."""
        full = np.s_[top : top + height, left : left + width]
        half = np.s_[top // 2 : (top + height) // 2, left // 2 : (left + width) // 2]
        if self.alpha is None or self.alpha_half is None:
            return Planes(self.luma[full], self.chroma[half])
        return Planes(self.luma[full], self.chroma[half], self.alpha[full], self.alpha_half[half])

    def copy(self) -> "Planes":
        planes = (self.luma, self.chroma, self.alpha, self.alpha_half)
        return Planes(*(None if plane is None else plane.copy() for plane in planes))  # type: ignore[arg-type]


class Stage:
    """A frame with its static parts drawn. ``picture`` is the frame as it stands now."""

    def __init__(
        self,
        video: VideoSpec,
        portrait: Rgba,
        face: tuple[int, int, int, int],
        background: Rgba | None = None,
        slide: Rgba | None = None,
        captioned: bool = False,
    ) -> None:
        cut_out = bool(portrait[..., 3].min() < 255)
        around = Rect(face[0], face[1], face[2] - face[0], face[3] - face[1])
        sitter = Sitter(portrait.shape[1], portrait.shape[0], around, cut_out)
        size = None if slide is None else (slide.shape[1], slide.shape[0])
        seen = figure(portrait) if cut_out else None
        self._plan = plan(video, sitter, size, seen, captioned)
        self.presenter: Planes | None = None
        canvas = _scenery(video, self._plan.presenter, background)
        if slide is not None and self._plan.slide is not None:
            canvas.picture(slide, self._plan.slide)
        below = canvas.rgb()
        cover = canvas.label("AI-generated") if video.label else None
        self._below = to_nv12(below)
        self.picture = to_nv12(canvas.rgb())
        self._empty = self.picture.copy()
        if self._plan.presenter is not None:
            self._seat(self._plan.presenter, portrait, cut_out, cover)

    @property
    def placed(self) -> Placed | None:
        """Where the presenter is; None when the layout shows none."""
        return self._plan.presenter

    @property
    def behind(self) -> Nv12:
        """The frame without presenter and label: what a cut-out presenter stands before."""
        return self._below

    def window(self, left: int, top: int, width: int, height: int) -> "Window":
        """An even rectangle of the presenter, in the presenter's own pixels, to draw in."""
        placed, presenter = self._plan.presenter, self.presenter
        assert placed is not None
        assert presenter is not None
        x, y = int(placed.at.left) + left, int(placed.at.top) + top
        at = (x, y, width, height)
        seen = self._seen.part(left, top, width, height)
        return Window(
            _planes(self.picture).part(*at),
            _planes(self._below).part(*at),
            _planes(self._empty).part(*at),
            None if seen.luma.min() == 255 else seen,
        )

    def _seat(self, placed: Placed, portrait: Rgba, cut_out: bool, cover: Bytes | None) -> None:
        width, height = int(placed.at.width), int(placed.at.height)
        self.presenter = _prepared(portrait, placed.crop, (width, height), cut_out)
        self._seen = _visible(placed, cover)
        self.window(0, 0, width, height).show(self.presenter)


class Window:
    """A rectangle of the stage in which the presenter moves."""

    def __init__(self, shown: Planes, below: Planes, empty: Planes, seen: Planes | None) -> None:
        self._shown, self._below, self._empty, self._seen = shown, below, empty, seen

    def show(self, planes: Planes) -> None:
        """Draws the presenter's pixels, which fill the window, over what is behind them."""
        if self._seen is None and planes.alpha is None:
            self._shown.luma[:] = planes.luma
            self._shown.chroma[:] = planes.chroma
            return
        self._blend(planes.luma, planes.alpha, "luma")
        self._blend(planes.chroma, planes.alpha_half, "chroma")

    def _blend(self, colour: Bytes, alpha: Bytes | None, plane: str) -> None:
        """``seen * colour + (empty - seen * alpha * below)``; what is empty holds the label."""
        below, empty = getattr(self._below, plane), getattr(self._empty, plane)
        shown = getattr(self._shown, plane)
        if self._seen is not None:
            seen = getattr(self._seen, plane)
            colour = _times(colour, seen)
            alone = seen[..., 0] if seen.ndim == 3 else seen
            alpha = alone if alpha is None else _times(alpha, alone)
        assert alpha is not None
        hidden = _times(below, _doubled(alpha) if colour.ndim == 3 else alpha)
        shown[:] = cv2.add(cv2.subtract(empty, hidden), colour)


def figure(portrait: Rgba) -> Rect:
    """The box round all of a cut-out portrait that can be seen; the whole where nothing can."""
    seen = portrait[..., 3] > FAINTEST
    rows, columns = np.flatnonzero(seen.any(axis=1)), np.flatnonzero(seen.any(axis=0))
    if not len(rows):
        return Rect(0, 0, portrait.shape[1], portrait.shape[0])
    left, top = int(columns[0]), int(rows[0])
    return Rect(left, top, int(columns[-1]) + 1 - left, int(rows[-1]) + 1 - top)


def _times(one: Bytes, other: Bytes) -> Bytes:
    """Two opacities, or a colour and an opacity, both in 0..255."""
    return np.asarray(cv2.multiply(one, other, scale=1 / 255), np.uint8)


def _doubled(alpha: Bytes) -> Bytes:
    return np.asarray(cv2.merge([alpha, alpha]), np.uint8)


def _halved(plane: Bytes) -> Bytes:
    size = (plane.shape[1] // 2, plane.shape[0] // 2)
    return np.asarray(cv2.resize(plane, size, interpolation=cv2.INTER_AREA), np.uint8)


def _scenery(video: VideoSpec, placed: Placed | None, background: Rgba | None) -> Canvas:
    """``background`` fills the frame; without it, the colour asked for."""
    colour = video.background if isinstance(video.background, str) else "#808080"
    canvas = Canvas(video.size, colour)
    if background is not None:
        canvas.fill(background)
    if placed is not None and placed.card is not None:
        canvas.card(placed.card)
    return canvas


def _planes(picture: Nv12) -> Planes:
    return Planes(luma_of(picture), chroma_of(picture))


def _prepared(portrait: Rgba, crop: Rect, size: tuple[int, int], cut_out: bool) -> Planes:
    """The part of the portrait that is shown, at the size it is shown at."""
    left, top = int(crop.left), int(crop.top)
    source = portrait[top : int(np.ceil(crop.bottom)), left : int(np.ceil(crop.right))]
    if cut_out:
        alpha = source[..., 3:]
        colour = source[..., :3] * (alpha / np.float32(255))
        source = np.dstack([colour.round(), alpha]).astype(np.uint8)
    else:
        source = np.ascontiguousarray(source[..., :3])
    inside = Rect(crop.left - left, crop.top - top, crop.width, crop.height)
    shown = _scaled(source, inside, size)
    ycc = to_ycc(np.ascontiguousarray(shown[..., :3]))
    if not cut_out:
        return Planes(np.ascontiguousarray(ycc[..., 0]), _halved(ycc[..., 1:]))
    return _multiplied(ycc, np.ascontiguousarray(shown[..., 3]))


def _multiplied(ycc: Bytes, alpha: Bytes) -> Planes:
    """RGB multiplied with alpha gives YCbCr that is so but for its offsets: 16, 128, 128."""
    chroma, alpha_half = _halved(ycc[..., 1:]), _halved(alpha)
    missing, missing_half = 1 - alpha / 255.0, 1 - alpha_half / 255.0
    luma = np.clip(ycc[..., 0] - 16 * missing, 0, 255).round().astype(np.uint8)
    tint = np.clip(chroma - 128 * missing_half[..., None], 0, 255).round().astype(np.uint8)
    return Planes(luma, tint, alpha, alpha_half)


def _scaled(source: Bytes, crop: Rect, size: tuple[int, int]) -> Bytes:
    """The crop of ``source`` at ``size``."""
    scale = size[0] / crop.width
    fit = np.array([[scale, 0, -crop.left * scale], [0, scale, -crop.top * scale]])
    if scale < 1:
        # what follows takes single pixels: average them first
        small = cv2.resize(source, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        back = np.array([small.shape[1] / source.shape[1], small.shape[0] / source.shape[0]])
        fit = np.column_stack([fit[:, :2] / back, fit[:, 2]])
        source = np.asarray(small, np.uint8)
    # the middle of the first pixel is half a pixel in, before and after
    fit[:, 2] += (fit[:, :2].sum(1) - 1) / 2
    shown = cv2.warpAffine(
        source, fit, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(shown, np.uint8)


def _visible(placed: Placed, cover: Bytes | None) -> Planes:
    """How much of each presenter pixel is seen: not beyond round corners, not under the label."""
    at = placed.at
    seen = Canvas.corners((int(at.width), int(at.height)), placed.card is not None)
    if cover is not None:
        top, left = int(at.top), int(at.left)
        over = cover[top : top + int(at.height), left : left + int(at.width)]
        seen = (seen * (1 - over / 255.0)).round().astype(np.uint8)
    return Planes(seen, _doubled(_halved(seen)))
