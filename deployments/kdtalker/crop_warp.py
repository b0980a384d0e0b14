"""From the 512 × 512 pixels of a crop to a rectangle of the presenter, in the planes of a frame."""

import cv2
import numpy as np
from numpy.typing import NDArray

from deployments.kdtalker.cut import Matrix, index_form, zoom
from deployments.kdtalker.field import Patch
from deployments.kdtalker.kdtalker.crop import OUTPUT
from deployments.kdtalker.soft_mask import Mask
from pipeline.media.colour import Rgb, to_ycc
from pipeline.media.compose import Planes

Bytes = NDArray[np.uint8]
Maps = tuple[NDArray[np.integer], NDArray[np.integer]]

CUBIC_PIXELS = 420_000
"""A larger patch shows the face much enlarged: there linear looks the same."""
ENLARGED = 1.25
"""A face that is shown larger than that has its chroma taken from all of its pixels."""


class CropWarp:
    """``shown`` leads from the crop to the presenter, ``at`` is the part that is wanted."""

    def __init__(self, shown: Matrix, at: Patch) -> None:
        corner = np.array([[1, 0, at.left], [0, 1, at.top], [0, 0, 1]], float)
        self._back, self._size = np.linalg.inv(shown) @ corner, (at.width, at.height)
        # what is shown smaller is averaged first, for a warp takes single pixels
        self._side = min(OUTPUT, max(round(OUTPUT * zoom(shown) / 2) * 2, 2))
        self._halves = zoom(shown) <= ENLARGED
        self._luma = _maps(self.to_face(self._side), self._size)
        chroma_side = self._side // 2 if self._halves else self._side
        double = np.diag([2.0, 2.0, 1.0])
        half = (at.width // 2, at.height // 2)
        self._chroma = _maps(_scaled(self._back @ double, chroma_side), half)
        small = at.width * at.height <= CUBIC_PIXELS
        self._method = cv2.INTER_CUBIC if small else cv2.INTER_LINEAR

    def to_face(self, side: int) -> NDArray[np.float64]:
        """From indices in the patch to those in a face of ``side`` pixels: [2, 3]."""
        return _scaled(self._back, side)

    def planes(self, face: Rgb) -> Planes:
        """A face [512, 512, 3] as it is shown; beyond its edge, the edge."""
        ycc = to_ycc(self._shrunk(face))
        luma = _remapped(_bytes(cv2.extractChannel(ycc, 0)), self._luma, self._method)
        tint = _remapped(halved(ycc) if self._halves else ycc, self._chroma, cv2.INTER_LINEAR)
        return Planes(luma, np.ascontiguousarray(tint[..., 1:]))

    def mask(self, mask: Mask) -> Planes:
        """A mask as it covers luma and both of chroma, 0 to 255; beyond the crop, 0."""
        small = cv2.resize(mask, (self._side,) * 2, interpolation=cv2.INTER_AREA)
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        there = cv2.warpAffine(small, self.to_face(self._side), self._size, flags=flags)
        full = _bytes(np.rint(255 * there))
        half = halved(full)
        return Planes(full, np.dstack([half, half]))

    def _shrunk(self, face: Rgb) -> Rgb:
        if self._side == OUTPUT:
            return face
        return _bytes(cv2.resize(face, (self._side,) * 2, interpolation=cv2.INTER_AREA))


def halved(plane: Bytes) -> Bytes:
    size = (plane.shape[1] // 2, plane.shape[0] // 2)
    return _bytes(cv2.resize(plane, size, interpolation=cv2.INTER_AREA))


def _scaled(back: Matrix, side: int) -> NDArray[np.float64]:
    return index_form(np.diag([side / OUTPUT, side / OUTPUT, 1]) @ back)


def _maps(back: NDArray[np.float64], size: tuple[int, int]) -> Maps:
    """In fixed point: as exact as bytes are, and a third faster."""
    index = np.meshgrid(np.arange(size[0]), np.arange(size[1]))
    x, y = ((row[0] * index[0] + row[1] * index[1] + row[2]).astype(np.float32) for row in back)
    where, between = cv2.convertMaps(x, y, cv2.CV_16SC2)
    return np.asarray(where, np.int16), np.asarray(between, np.uint16)


def _remapped(plane: Bytes, maps: Maps, method: int) -> Bytes:
    where, between = maps
    there = cv2.remap(plane, where, between, method, borderMode=cv2.BORDER_REPLICATE)
    return _bytes(there)


def _bytes(plane: NDArray[np.generic]) -> Bytes:
    return np.asarray(plane, np.uint8)
