"""Where the face is cut out of a portrait (SPEC 8): rectangles from landmarks, numbers only."""

from dataclasses import dataclass
from math import acos, ceil, cos, floor, sin

import numpy as np
from numpy.typing import NDArray

Doubles = NDArray[np.float64]
Floats = NDArray[np.float32]
Points = NDArray[np.floating]
"""Pixels (x, y): [n, 2]."""

OUTPUT = 512
"""Side of the picture that is cropped for; larger faces are shrunk first."""
SMALLEST_BORDER = 3


@dataclass(frozen=True, slots=True)
class Rectangle:
    """KDTalker's crop, upright. The picture is scaled to ``size`` (width, height) and ``crop``
    (left, top, right, bottom) cut out; ``inner``, in the crop's pixels, is then cut out of that,
    after dropping its decimals."""

    size: tuple[int, int]
    crop: tuple[int, int, int, int]
    inner: tuple[float, float, float, float]

    def box(self) -> tuple[int, int, int, int]:
        """Left, top, right, bottom in the scaled picture."""
        left, top = self.crop[:2]
        x0, y0, x1, y1 = (int(edge) for edge in self.inner)
        right, bottom = min(left + x1, self.crop[2]), min(top + y1, self.crop[3])
        return left + x0, top + y0, right, bottom


def rectangle(landmarks: Points, width: int, height: int) -> Rectangle:
    """Around a face of 68 landmarks (iBUG 300-W), about as FFHQ was cut (SPEC 8.1)."""
    corners = quad(landmarks.astype(np.float64))
    across = float(np.linalg.norm(corners[3] - corners[0]))
    shrink = floor(across / OUTPUT * 0.5)
    size = (width, height)
    if shrink > 1:
        size = (round(width / shrink), round(height / shrink))
        corners, across = corners / shrink, across / shrink
    crop = _crop(corners, max(round(across * 0.1), SMALLEST_BORDER), size)
    crop_width, crop_height = crop[2] - crop[0], crop[3] - crop[1]
    if crop_width < size[0] or crop_height < size[1]:
        corners = corners - crop[:2]
    return Rectangle(size, crop, _inner(corners + 0.5, size[0]))


def quad(face: Doubles) -> Doubles:
    """Corners of a square about eyes and mouth: top left, bottom left, bottom right, top right.

    It leans as the face does; only landmarks 36 to 48 and 54 count.
    """
    left_eye, right_eye = face[36:42].mean(0), face[42:48].mean(0)
    eyes, mouth = (left_eye + right_eye) / 2, (face[48] + face[54]) / 2
    between, down = right_eye - left_eye, mouth - (left_eye + right_eye) / 2
    x = between + np.array([down[1], -down[0]])
    x *= max(np.linalg.norm(between) * 2, np.linalg.norm(down) * 1.8) / np.linalg.norm(x)
    y = np.array([-x[1], x[0]])
    centre = eyes + 0.1 * down
    return np.stack([centre - x - y, centre - x + y, centre + x + y, centre + x - y])


def _crop(corners: Doubles, border: int, size: tuple[int, int]) -> tuple[int, int, int, int]:
    (low_x, low_y), (high_x, high_y) = corners.min(0), corners.max(0)
    return (
        max(floor(low_x) - border, 0),
        max(floor(low_y) - border, 0),
        min(ceil(high_x) + border, size[0]),
        min(ceil(high_y) + border, size[1]),
    )


def _inner(corners: Doubles, width: int) -> tuple[float, float, float, float]:
    (x0, y0), (x1, y1), (x2, y2), (x3, y3) = corners.tolist()
    # the lower edge too is held to the width, as KDTalker does; `box` holds both to the crop
    right, bottom = min(max(x2, x3), width), min(max(y1, y2), width)
    return max(min(x0, x1), 0.0), max(min(y0, y3), 0.0), right, bottom


@dataclass(frozen=True, slots=True, eq=False)
class Framing:
    """LivePortrait's crop, a square that may be turned: centre and side in pixels, radians.

    ``to_crop`` and ``to_picture`` are [3, 3], affine, for pixels (x, y, 1).
    """

    centre: Floats
    side: float
    angle: float
    to_crop: Floats
    to_picture: Floats


def framing(
    landmarks: Points,
    side_pixels: int = OUTPUT,
    scale: float = 2.3,
    up: float = -0.125,
    turned: bool = True,
) -> Framing:
    """About a face of 106 (InsightFace) or 203 (LivePortrait) landmarks (SPEC 8.2).

    The square is ``scale`` times the face, moved by ``up`` of its side along the face, and becomes
    ``side_pixels`` wide.
    """
    points = landmarks.astype(np.float32)
    down = _unit(*_eyes_and_lip(points))
    along = np.array([down[1], -down[0]], np.float32)
    middle = points.mean(0)
    local = (points - middle) @ np.stack([along, down]).T
    low, high = local.min(0), local.max(0)
    half = (low + high) / 2
    side = float((high - low).max() * np.float32(scale))
    centre = middle + along * half[0] + down * half[1] + down * np.float32(up * side)
    angle = acos(float(np.clip(along[0], -1, 1)))
    if along[1] < 0:
        angle = -angle
    to_crop = _to_crop(centre, side_pixels / side, angle if turned else 0.0, side_pixels / 2)
    return Framing(centre, side, angle, to_crop, np.linalg.inv(to_crop).astype(np.float32))


def _eyes_and_lip(points: Floats) -> tuple[Floats, Floats]:
    if len(points) == 106:
        left, right, lips = [33, 35, 40, 39], [87, 89, 94, 93], [52, 61]
    else:
        left, right, lips = [0, 6, 12, 18], [24, 30, 36, 42], [48, 66]
    eyes = (points[left].mean(0) + points[right].mean(0)) / 2
    return eyes, points[lips].mean(0)


def _unit(start: Floats, end: Floats) -> Floats:
    away = end - start
    return (away / np.linalg.norm(away)).astype(np.float32)


def _to_crop(centre: Floats, zoom: float, angle: float, middle: float) -> Floats:
    x, y = (float(value) for value in centre)
    across, along = zoom * cos(angle), zoom * sin(angle)
    rows = [
        [across, along, middle - (across * x + along * y)],
        [-along, across, middle - (-along * x + across * y)],
        [0, 0, 1],
    ]
    return np.array(rows, np.float32)
