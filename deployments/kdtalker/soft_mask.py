"""Where a face drawn anew is put over the portrait: softly, and nowhere near the crop's edge.

The crop is narrow: hair reaches its edges, and it ends soon below the chin. So the mask is whole on
all the head that fits, that a turned head may stay inside, and fades over hair, neck and ground.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from deployments.kdtalker.cut import Matrix, zoom
from deployments.kdtalker.field import smoothstep
from deployments.kdtalker.kdtalker.crop import OUTPUT
from deployments.kdtalker.landmarks import OVAL

Floats = NDArray[np.floating]
Mask = NDArray[np.float32]
"""[512, 512], 0 to 1: pixels of the crop."""

ASIDE, ABOVE, BELOW = 1.95, 2.1, 1.25
"""How far the head, its hair and some of its neck reach, in reaches of the mesh, whose edge is the
face's without hair and ears."""
SOFT = 0.16 * OUTPUT
EDGE = 0.055 * OUTPUT
RIM = 0.03 * OUTPUT
"""Pixels that fading takes: round the head, at the crop's edge, at the portrait's rim."""
CLEAR = 2.0
"""Pixels next to the latter two that are left alone."""
AROUND = 128
"""Pixels beyond the crop on each side that the head is drawn on, lest it end with the crop."""


def soft_mask(points: Floats, crop: Matrix, size: tuple[int, int]) -> Mask:
    """``points`` [468, 2] of the mesh in the crop, which leads into a portrait of ``size``."""
    pixels = np.moveaxis(np.mgrid[:OUTPUT, :OUTPUT][::-1], 0, -1) + 0.5
    in_portrait = pixels @ crop[:2, :2].T + crop[:2, 2]
    shape = smoothstep(0.5 + _depth_of_head(points) / SOFT)
    edge = smoothstep((_depth(pixels, (OUTPUT, OUTPUT)) - CLEAR) / EDGE)
    rim = smoothstep((_depth(in_portrait, size) / zoom(crop) - CLEAR) / RIM)
    return np.ascontiguousarray(shape * edge * rim, np.float32)


def _depth(pixels: Floats, size: tuple[int, int]) -> Floats:
    """How deep ``pixels`` [..., 2] are in a picture of ``size``; less than 0 outside."""
    return np.asarray(np.minimum(pixels, np.array(size) - pixels).min(-1))


def _depth_of_head(points: Floats) -> Floats:
    """Of each pixel of the crop in the head, with hair and neck; less than 0 outside. In the crop
    the face is upright."""
    oval = points[list(OVAL)]
    away = oval - oval.mean(0)
    away[:, 0] *= ASIDE
    away[:, 1] *= np.where(away[:, 1] < 0, ABOVE, BELOW)
    corners = cv2.convexHull(np.rint(oval.mean(0) + away + AROUND).astype(np.int32))
    empty = np.zeros((OUTPUT + 2 * AROUND,) * 2, np.uint8)
    head = np.asarray(cv2.fillConvexPoly(empty, corners, 1), np.uint8)
    return _inside(head) - _inside(1 - head)


def _inside(shape: NDArray[np.uint8]) -> Mask:
    depth = cv2.distanceTransform(shape, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    return np.asarray(depth[AROUND:-AROUND, AROUND:-AROUND], np.float32)
