"""The square that KDTalker looks at: cut out of a portrait, upright, about eyes and mouth.

Upstream finds 68 landmarks (iBUG 300-W) and squashes the upright rectangle round their square to
the net's shape (SPEC 8.1). Here the square itself is cut out, which for an upright face is the same
and for a tilted one keeps the face's size and shape. The landmarks come from the mesh.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from deployments.kdtalker.face import Face
from deployments.kdtalker.kdtalker.crop import OUTPUT, quad
from deployments.kdtalker.landmarks import OUTER_UPPER_LIP
from pipeline.media.layout import Placed

Bytes = NDArray[np.uint8]
Floats = NDArray[np.floating]
Matrix = NDArray[np.float64]
"""[3, 3], from pixels to pixels (x, y, 1); the middle of the first pixel is at 0.5."""

RIGHT_EYE = (33, 160, 158, 133, 153, 144)
LEFT_EYE = (362, 385, 387, 263, 373, 380)
"""Points of the mesh where iBUG has 36 to 41 and 42 to 47: corners and lids, from the left of the
picture over the upper lid."""
MOUTH = (OUTER_UPPER_LIP[0], OUTER_UPPER_LIP[-1])
"""48 and 54: the corners."""


def square(face: Face) -> Matrix:
    """From the 512 × 512 pixels of the crop to those of the portrait: a turn, a zoom and a shift.
    The crop may reach beyond the portrait."""
    points = np.zeros((68, 2))
    flat = face.landmarks[:, :2]
    points[36:42], points[42:48] = flat[list(RIGHT_EYE)], flat[list(LEFT_EYE)]
    points[[48, 54]] = flat[list(MOUTH)]
    top_left, bottom_left, _, top_right = quad(points)
    across, down = (top_right - top_left) / OUTPUT, (bottom_left - top_left) / OUTPUT
    return np.vstack([np.column_stack([across, down, top_left]), [0, 0, 1]])


def to_shown(placed: Placed) -> Matrix:
    """From the pixels of the portrait to those of the presenter as it is shown."""
    scale = placed.at.width / placed.crop.width
    left, top = placed.crop.left * scale, placed.crop.top * scale
    return np.array([[scale, 0, -left], [0, scale, -top], [0, 0, 1]])


def zoom(matrix: Matrix) -> float:
    """How many pixels there are for one here."""
    return float(np.sqrt(abs(np.linalg.det(matrix[:2, :2]))))


def index_form(matrix: Matrix) -> Matrix:
    """[2, 3] for the indices of pixels, whose middle is at 0."""
    half = np.array([[1, 0, 0.5], [0, 1, 0.5], [0, 0, 1]])
    return np.asarray((np.linalg.inv(half) @ matrix @ half)[:2], float)


def cut(picture: Bytes, crop: Matrix) -> Bytes:
    """``picture`` [h, w, …] as seen through ``crop``, which leads into it: [512, 512, …]. Beyond
    its rim the rim goes on."""
    shrink = zoom(crop)
    if shrink > 1:
        # what follows takes single pixels: average them first
        height, width = picture.shape[:2]
        size = (max(round(width / shrink), 1), max(round(height / shrink), 1))
        picture = _bytes(cv2.resize(picture, size, interpolation=cv2.INTER_AREA))
        crop = np.diag([size[0] / width, size[1] / height, 1]) @ crop
    flags = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
    shown = cv2.warpAffine(
        picture, index_form(crop), (OUTPUT,) * 2, flags=flags, borderMode=cv2.BORDER_REPLICATE
    )
    return _bytes(shown)


def _bytes(picture: NDArray[np.generic]) -> Bytes:
    return np.asarray(picture, np.uint8)
