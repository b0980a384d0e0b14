"""What is seen between parted lips: the portrait's own teeth, or painted ones, and the dark.

All of it keeps to the upper jaw and is still; the lips uncover it.
"""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from deployments.kdtalker.field import Patch, smoothstep
from deployments.kdtalker.measure import Measure
from pipeline.media.colour import to_ycc
from pipeline.media.compose import Planes

Floats = NDArray[np.floating]
Bytes = NDArray[np.uint8]

OWN_TEETH = 0.055
"""An opening in the portrait of at least this part of nose to chin shows teeth of its own."""
THROAT, TONGUE = (0.38, 0.15, 0.14), (0.62, 0.31, 0.29)
ENAMEL, ENAMEL_IN_SHADE = (1.50, 1.44, 1.34), (0.72, 0.42, 0.36)
"""Colours beside the brightness of the skin: a picture in the shade has shaded teeth. What little
light reaches them behind the lips is coloured by these."""
BRIGHTEST = 240
TEETH_DOWN = 0.052
TONGUE_DOWN = 0.07
LIP_BOW = 0.6
PURSED_HIDES = 0.11
"""Rounded lips come down so far before the teeth, in noses to chin."""
TEETH_IN_OPENING, UNSEEN = 0.6, 0.02
"""Teeth fill no more of an opening than this part of it less a lip's shade: the dark below them is
what makes it one, and barely parted lips show none."""
LEAST_LIGHT = 0.62


class Inside:
    """``portrait`` is the patch of it; ``lips`` its inner edges at rest, in the patch's pixels;
    ``skin`` how bright the face is."""

    def __init__(
        self,
        portrait: Planes,
        face: Measure,
        patch: Patch,
        lips: tuple[Floats, Floats],
        skin: float,
    ) -> None:
        gap = float(((lips[1] - lips[0]) @ face.down).max()) / face.nose_to_chin
        self._unit, self._down = face.nose_to_chin, face.down
        self._shade = max(3, round(0.05 * face.nose_to_chin) * 2 + 1)
        self._painted = _Painted(face, patch, lips[0], skin)
        self._own: Planes | None = None
        if gap >= OWN_TEETH:
            rest = _filled(np.concatenate([lips[0], lips[1][::-1]]), portrait.luma.shape)
            self._light_at_rest = self._light(rest * np.float32(1 / 255))
            reach = 0.07 * face.nose_to_chin * face.down
            self._own = _own_teeth(portrait, self._painted.dark, lips, rest, reach)

    def draw(self, hole: Floats, opening: float, pursed: float) -> Planes:
        """``hole`` [h, w] is how much of each pixel lies between the lips, ``opening`` its height
        in pixels. Lips keep the light out: it is darker near them."""
        light = self._light(hole)
        if self._own is not None:
            light = np.minimum(light / self._light_at_rest, 1)
            return Planes((self._own.luma * light).astype(np.uint8), self._own.chroma)
        seen = min(TEETH_DOWN, TEETH_IN_OPENING * opening / self._unit - UNSEEN)
        seen -= PURSED_HIDES * float(smoothstep((pursed - 0.3) / 0.45))
        return self._painted.shown(light, (seen - TEETH_DOWN) * self._unit * self._down)

    def _light(self, hole: Floats) -> Floats:
        around = cv2.blur(hole, (self._shade, self._shade))
        return np.asarray(LEAST_LIGHT + (1 - LEAST_LIGHT) * np.minimum(around * 1.6, 1), np.float32)


class _Painted:
    """An upper row of teeth, and the mouth without them: ``dark``."""

    def __init__(self, face: Measure, patch: Patch, lip: Floats, skin: float) -> None:
        x, y = _coordinates(face, patch)
        lip_x, lip_y = face.seen(lip + patch.corner)
        # a smiling lip is a deep bow, the row of teeth behind it a shallower one
        y = y - lip_y.max() + LIP_BOW * (lip_y.max() - np.interp(x, lip_x, lip_y))
        low = smoothstep((y - TONGUE_DOWN + 0.05 * x**2) / 0.05) * (1 - smoothstep(np.abs(x) - 0.3))
        self.dark = _opaque(_mix(np.full((*x.shape, 3), THROAT, np.float32), TONGUE, low) * skin)
        between = np.exp(-(((x / 0.17) - np.round(x / 0.17)) ** 2) / 0.006)
        enamel = np.array(ENAMEL, np.float32) * min(skin, BRIGHTEST / ENAMEL[0])
        self._enamel = _opaque(enamel * (1 - 0.10 * between - 0.25 * x**2)[..., None])
        self._shade = _opaque(np.full((*x.shape, 3), ENAMEL_IN_SHADE, np.float32) * skin)
        edge = TEETH_DOWN - 0.035 * x**2
        soft = 1.5 / face.nose_to_chin
        row = smoothstep((edge - y) / soft + 0.5) * (1 - smoothstep((np.abs(x) - 0.5) / 0.24))
        self._row = np.asarray(row, np.float32)

    def shown(self, light: Floats, moved: Floats) -> Planes:
        """The mouth in this light [h, w], its teeth ``moved`` [2] pixels behind the lip."""
        there = np.array([[1, 0, moved[0]], [0, 1, moved[1]]], np.float32)
        row = cv2.warpAffine(self._row, there, light.shape[::-1])
        dark = np.asarray(self.dark.luma * light, np.uint8)
        return Planes(
            _over(_over(self._enamel.luma, self._shade.luma, light), dark, row),
            _over(
                _over(self._enamel.chroma, self._shade.chroma, _half(light)),
                self.dark.chroma,
                _half(row),
            ),
        )


def _over(one: Bytes, other: Bytes, share: NDArray[Any]) -> Bytes:
    """``share`` of one, the rest of the other."""
    return np.asarray(cv2.blendLinear(one, other, share, 1 - share), np.uint8)


def _own_teeth(
    portrait: Planes, dark: Planes, lips: tuple[Floats, Floats], rest: Bytes, reach: Floats
) -> Planes:
    """The portrait's opening, grown upwards under the lip; the dark below where it ends."""
    high = _filled(np.concatenate([lips[0] - reach, lips[1][::-1]]), rest.shape)
    lips_in_the_way = cv2.subtract(_grown(high, 3), _grown(rest, -1))
    luma = np.asarray(cv2.inpaint(portrait.luma, lips_in_the_way, 3, cv2.INPAINT_TELEA), np.uint8)
    pair = cv2.merge([*cv2.split(portrait.chroma), portrait.chroma[..., 0]])
    tint = cv2.inpaint(pair, _half(lips_in_the_way), 2, cv2.INPAINT_TELEA)[..., :2]
    cover = cv2.blur(high, (3, 3)) * np.float32(1 / 255)
    half = _half(cover)
    return Planes(
        _over(luma, dark.luma, cover),
        _over(np.ascontiguousarray(tint), dark.chroma, half),
    )


def _coordinates(face: Measure, patch: Patch) -> tuple[Floats, Floats]:
    x, y = np.meshgrid(np.arange(patch.width), np.arange(patch.height))
    return face.seen(np.stack([x, y], axis=-1).astype(np.float32) + patch.corner)


def _mix(under: Floats, over: Floats | tuple[float, ...], share: Floats) -> Floats:
    return np.asarray(under + share[..., None] * (np.asarray(over) - under), np.float32)


def _opaque(rgb: Floats) -> Planes:
    ycc = to_ycc(np.clip(rgb, 0, 255).astype(np.uint8))
    return Planes(np.ascontiguousarray(ycc[..., 0]), _half(np.ascontiguousarray(ycc[..., 1:])))


def _filled(outline: Floats, shape: tuple[int, ...]) -> Bytes:
    mask = np.zeros(shape, np.uint8)
    cv2.fillPoly(mask, [np.round(outline * 16).astype(np.int32)], 255, cv2.LINE_AA, 4)
    return mask


def _grown(mask: Bytes, pixels: int) -> Bytes:
    kernel = np.ones((2 * abs(pixels) + 1,) * 2, np.uint8)
    change = cv2.dilate if pixels > 0 else cv2.erode
    return np.asarray(change(mask, kernel), np.uint8)


def _half(plane: NDArray[Any]) -> NDArray[Any]:
    size = (plane.shape[1] // 2, plane.shape[0] // 2)
    return np.asarray(cv2.resize(plane, size, interpolation=cv2.INTER_AREA))
