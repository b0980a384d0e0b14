"""Where a face drawn anew is put over the portrait: softly, and nowhere near the crop's edge.

The crop is narrow: hair reaches its edges, and it ends soon below the chin. So the mask is whole on
all the head that fits, that a turned head may stay inside, and fades over hair, neck and ground.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from deployments.kdtalker.cut import Matrix
from deployments.kdtalker.field import smoothstep
from deployments.kdtalker.kdtalker.crop import OUTPUT
from deployments.kdtalker.landmarks import OVAL

Floats = NDArray[np.floating]
Mask = NDArray[np.float32]
"""[512, 512], 0 to 1: pixels of the crop."""
Shape = NDArray[np.uint8]
"""1 inside, 0 outside: the crop and ``AROUND`` it."""

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
"""Pixels beyond the crop on each side that shapes are drawn on, so that they do not end with it."""


def soft_mask(points: Floats, crop: Matrix, size: tuple[int, int]) -> Mask:
    """``points`` [468, 2] of the mesh in the crop, which leads into a portrait of ``size``."""
    head, rim = _head(points), (_corners(*size) @ np.linalg.inv(crop).T)[:, :2]
    shape = smoothstep(0.5 + (_depth(head) - _depth(1 - head)) / SOFT)
    edge = smoothstep((_depth(_filled(_corners(OUTPUT, OUTPUT)[:, :2])) - CLEAR) / EDGE)
    inside = smoothstep((_depth(_filled(rim)) - CLEAR) / RIM)
    return np.ascontiguousarray(shape * edge * inside, np.float32)


def _head(points: Floats) -> Shape:
    """With hair and neck, as if upright; which in the crop it is."""
    oval = points[list(OVAL)]
    away = oval - oval.mean(0)
    away[:, 0] *= ASIDE
    away[:, 1] *= np.where(away[:, 1] < 0, ABOVE, BELOW)
    return _filled(oval.mean(0) + away)


def _corners(width: int, height: int) -> NDArray[np.float64]:
    return np.array([[0, 0, 1], [width, 0, 1], [width, height, 1], [0, height, 1]], float)


def _filled(points: Floats) -> Shape:
    corners = cv2.convexHull(np.rint(points + AROUND - 0.5).astype(np.int32))
    empty = np.zeros((OUTPUT + 2 * AROUND,) * 2, np.uint8)
    return np.asarray(cv2.fillConvexPoly(empty, corners, 1), np.uint8)


def _depth(shape: Shape) -> Mask:
    """How deep in a shape each pixel of the crop is; 0 outside."""
    depth = cv2.distanceTransform(shape, cv2.DIST_L2, 5)
    return np.asarray(depth[AROUND:-AROUND, AROUND:-AROUND], np.float32)
