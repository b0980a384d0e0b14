"""The rectangle of the stage in which a face is drawn anew.

What does not change is worked out beforehand: where each pixel of the frame is in the crop, how
much of it shows, and the portrait's own share. A picture is then one warp and one blend.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from deployments.kdtalker.crop_warp import CropWarp
from deployments.kdtalker.cut import Matrix
from deployments.kdtalker.detail import SIDE as DETAIL_SIDE
from deployments.kdtalker.detail import Detail
from deployments.kdtalker.evening import Lift, lift
from deployments.kdtalker.field import Patch, patch_round
from deployments.kdtalker.soft_mask import Mask
from pipeline.media.colour import Rgb, luma_of
from pipeline.media.compose import Planes, Stage

Bytes = NDArray[np.uint8]
Floats = NDArray[np.float32]


class Patched:
    """Shows faces where ``rest``, the crop itself, is now; the first face is taken to be at rest.

    ``shown`` leads from the crop to the presenter, ``mask`` [512, 512] is how much of it shows.
    """

    def __init__(
        self, stage: Stage, presenter: Planes, shown: Matrix, mask: Mask, rest: Rgb
    ) -> None:
        size = (presenter.luma.shape[1], presenter.luma.shape[0])
        self.patch = at = _patch(shown, mask, size)
        self._warp = CropWarp(shown, at)
        self.mask = self._warp.mask(mask)
        own = presenter.part(at.left, at.top, at.width, at.height)
        self._seen, self._rest = _opaque(own, stage, at), rest
        self._own = _masked(own, _inverse(self.mask))
        self._solid, self._solid_half = _solid(self._own, self.mask)
        self._window = stage.window(at.left, at.top, at.width, at.height)
        self._first: tuple[Lift, Detail] | None = None

    def show(self, face: Rgb) -> None:
        """Draws ``face`` [512, 512, 3] on the stage."""
        planes = self._warp.planes(face)
        if self._first is None:
            self._first = self._compare(face, planes)
        shades, detail = self._first
        planes = _masked(planes, self.mask)
        luma = cv2.add(cv2.subtract(planes.luma, shades.taken.luma), shades.added.luma)
        chroma = cv2.add(cv2.subtract(planes.chroma, shades.taken.chroma), shades.added.chroma)
        sharp = detail.on(_bytes(luma), face)
        self._window.show(Planes(sharp, _bytes(chroma), self._solid, self._solid_half))

    def _compare(self, first: Rgb, shown: Planes) -> tuple[Lift, Detail]:
        rest = self._warp.planes(self._rest)
        missing = (self._seen - rest.luma) * (self.mask.luma / np.float32(255))
        detail = Detail(missing, self._warp.to_face(DETAIL_SIDE), self._rest, first)
        return lift(self._own, rest, shown, self.mask), detail


def _patch(shown: Matrix, mask: Mask, size: tuple[int, int]) -> Patch:
    """What of the presenter the mask touches."""
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    corners = [(x, y, 1) for x in columns[[0, -1]] + [0, 1] for y in rows[[0, -1]] + [0, 1]]
    return patch_round((np.array(corners) @ shown.T)[:, :2], 1, size)


def _opaque(own: Planes, stage: Stage, at: Patch) -> Floats:
    """Luma of the portrait and of what is seen through it."""
    luma = own.luma.astype(np.float32)
    if own.alpha is None or stage.placed is None:
        return luma
    left, top = int(stage.placed.at.left) + at.left, int(stage.placed.at.top) + at.top
    behind = luma_of(stage.behind)[top : top + at.height, left : left + at.width]
    return np.asarray(luma + behind * (1 - own.alpha / np.float32(255)), np.float32)


def _solid(own: Planes, mask: Planes) -> tuple[Bytes | None, Bytes | None]:
    """Nothing is seen through what is drawn anew: the opacities with it."""
    if own.alpha is None or own.alpha_half is None:
        return None, None
    half = np.ascontiguousarray(mask.chroma[..., 0])
    return _bytes(cv2.add(own.alpha, mask.luma)), _bytes(cv2.add(own.alpha_half, half))


def _masked(planes: Planes, mask: Planes) -> Planes:
    luma, chroma = _times(planes.luma, mask.luma), _times(planes.chroma, mask.chroma)
    if planes.alpha is None or planes.alpha_half is None:
        return Planes(luma, chroma)
    half = np.ascontiguousarray(mask.chroma[..., 0])
    return Planes(luma, chroma, _times(planes.alpha, mask.luma), _times(planes.alpha_half, half))


def _inverse(mask: Planes) -> Planes:
    return Planes(_bytes(255 - mask.luma), _bytes(255 - mask.chroma))


def _times(plane: Bytes, mask: Bytes) -> Bytes:
    return _bytes(cv2.multiply(plane, mask, scale=1 / 255))


def _bytes(plane: NDArray[np.generic]) -> Bytes:
    return np.asarray(plane, np.uint8)
