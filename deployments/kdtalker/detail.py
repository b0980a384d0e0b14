"""What a presenter shows and a face of 512 pixels cannot hold, where the face has not moved.

A large portrait is sharper than the face drawn anew. Without this, all that is put back would look
soft, also hair, neck and ground that stand still; on what moves, old detail would be a ghost.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from deployments.kdtalker.field import smoothstep
from pipeline.media.colour import Rgb

Bytes = NDArray[np.uint8]
Floats = NDArray[np.floating]
Affine = NDArray[np.float64]
"""[2, 3]"""

SIDE = 128
"""Side of what is compared, in pixels: movements of half a pixel of the face show in it."""
SHADES = 12.0
"""Standard deviation, in those pixels, of what is a difference in shade and no movement."""
STILL, MOVED = 1.0, 5.0
SAME, OTHER = 8.0, 20.0
"""Levels by which a face that stands still differs at most, and one that does not at least: from
the first face, and the first face, drawn by a generator, from the portrait."""
AROUND = np.ones((5, 5), np.uint8)
COARSE = 4
"""Pixels of the frame to one of what is compared, about: enlarging that is cheap."""


class Detail:
    """``missing`` [h, w], in levels of luma, is what ``rest`` lacks where it is shown; ``back``
    leads there from the 128 × 128 pixels of a smaller face. The first face shows ``rest`` too."""

    def __init__(self, missing: Floats, back: Affine, rest: Rgb, first: Rgb) -> None:
        self._more, self._less = _bytes(missing), _bytes(-missing)
        self._coarse = max(missing.shape[1] // COARSE, 1), max(missing.shape[0] // COARSE, 1)
        self._back = back @ _enlarged(missing.shape, self._coarse)
        self._first = _grey(first)
        self._same = _open(_apart(_grey(rest), self._first), SAME, OTHER)
        self._shut = _open(np.arange(256, dtype=np.float32), STILL, MOVED)

    def on(self, luma: Bytes, face: Rgb) -> Bytes:
        """``luma`` [h, w] of ``face`` as it is shown, with as much detail as still belongs."""
        moved = cv2.dilate(cv2.absdiff(_grey(face), self._first), AROUND)
        still = cv2.min(cv2.LUT(cv2.blur(moved, AROUND.shape), self._shut), self._same)
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        coarse = cv2.warpAffine(still, self._back, self._coarse, flags=flags)
        share = cv2.resize(coarse, (luma.shape[1], luma.shape[0]), interpolation=cv2.INTER_LINEAR)
        less = cv2.multiply(self._less, share, scale=1 / 255)
        more = cv2.multiply(self._more, share, scale=1 / 255)
        return np.asarray(cv2.add(cv2.subtract(luma, less), more), np.uint8)


def _enlarged(shape: tuple[int, ...], coarse: tuple[int, int]) -> NDArray[np.float64]:
    """From indices in ``coarse`` pixels to those in as many as ``shape`` [h, w] says: [3, 3]."""
    x, y = shape[1] / coarse[0], shape[0] / coarse[1]
    return np.array([[x, 0, (x - 1) / 2], [0, y, (y - 1) / 2], [0, 0, 1]])


def _grey(face: Rgb) -> Bytes:
    small = cv2.resize(face, (SIDE, SIDE), interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.cvtColor(small, cv2.COLOR_RGB2GRAY), np.uint8)


def _apart(rest: Bytes, first: Bytes) -> Floats:
    """How far two faces differ but in shade."""
    difference = first.astype(np.float32) - rest
    apart = np.abs(difference - cv2.GaussianBlur(difference, (0, 0), SHADES))
    return np.asarray(cv2.blur(cv2.dilate(apart, AROUND), AROUND.shape), np.float32)


def _open(apart: Floats, most: float, least: float) -> Bytes:
    return _bytes(255 * (1 - smoothstep((apart - most) / (least - most))))


def _bytes(levels: Floats) -> Bytes:
    return np.clip(np.rint(levels), 0, 255).astype(np.uint8)
