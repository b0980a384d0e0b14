"""How lips, jaw and cheeks move, for each movement of a ``Shape``, at the points of the mesh.

Two sheets of skin, torn apart at the mouth: the upper one keeps to the nose, the lower one to the
jaw. Away from the mouth they move alike, so no tear shows.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from deployments.kdtalker.field import Spline, smoothstep
from deployments.kdtalker.landmarks import LOWER_LIP, OVAL, UPPER_LIP
from deployments.kdtalker.measure import Measure
from deployments.kdtalker.seam import seam
from deployments.kdtalker.visemes import MOVES

Floats = NDArray[np.floating]

DROP = 0.21
"""The farthest a chin goes down, in noses to chin; the lips then part by about 0.17."""
CLOSED_GAP = 0.055
"""Inner lips nearer than this (in noses to chin) touch: the mesh never says zero."""
SEAM_REACH = 0.05
LINE = 0.28
"""Half the dark line between closed lips, as part of the reach: it belongs to neither."""
OUTLINE = 41
"""Points of an outline of the mouth, from corner to corner."""
SEAL = "seal"
SHEET_MOVES = (*MOVES, SEAL)
"""``seal`` shuts a mouth that is open in the portrait itself."""


@dataclass(frozen=True, slots=True, eq=False)
class Sheet:
    """What each of ``SHEET_MOVES`` does to one sheet, and its ``edge`` at the mouth [41, 2]."""

    moves: Spline
    edge: Floats


def sheets(face: Measure, luma: NDArray[np.uint8]) -> tuple[Sheet, Sheet]:
    """The upper and the lower sheet; ``luma`` is the portrait's, in which the lips are seen."""
    upper, lower = (_outline(face.points[list(rows[-1]), :2]) for rows in (UPPER_LIP, LOWER_LIP))
    if float(((lower - upper) @ face.down).max()) < CLOSED_GAP * face.nose_to_chin:
        reach = SEAM_REACH * face.nose_to_chin * face.down
        line = seam(luma, (upper + lower) / 2, reach)
        upper, lower = line - LINE * reach, line + LINE * reach
    gap = lower - upper
    skin = _skin(face)
    drift = _skin_moves(face, skin, float((gap @ face.down).mean()))
    return (
        _sheet(face, skin, drift, UPPER_LIP, upper, 0.25 * gap, -1),
        _sheet(face, skin, drift, LOWER_LIP, lower, -0.75 * gap, 1),
    )


def _sheet(
    face: Measure,
    skin: Floats,
    drift: Floats,
    rows: tuple[tuple[int, ...], ...],
    edge: Floats,
    seal: Floats,
    side: int,
) -> Sheet:
    """``side`` is -1 for the upper lip, 1 for the lower one."""
    lips = [face.points[list(row), :2] for row in rows[:-1]] + [edge[:: OUTLINE // 10]]
    moves = [
        _lip_moves(face, row, seal[:: OUTLINE // 10], index / 3, side)
        for index, row in enumerate(lips)
    ]
    # the rings meet in the corners of the mouth: a spline wants each place once
    points, kept = _apart(np.concatenate([skin, *lips]), 0.004 * face.width)
    return Sheet(Spline(points, np.concatenate([drift, *moves], axis=1)[:, kept]), edge)


def _skin(face: Measure) -> Floats:
    """Points of skin that are no lips, and a ring outside the face that stays where it is."""
    lips = {point for row in (*UPPER_LIP, *LOWER_LIP) for point in row}
    rest = np.array([index for index in range(468) if index not in lips])
    flat = face.points[rest, :2]
    lower = face.seen(flat)[1] > -1.0
    oval = face.points[list(OVAL), :2]
    return np.concatenate([flat[lower], *(_grown(oval, by) for by in (1.35, 1.6))])


def _grown(oval: Floats, by: float) -> Floats:
    middle = oval.mean(0)
    return np.asarray(middle + (oval - middle) * by, np.float32)


def _skin_moves(face: Measure, skin: Floats, gap_pixels: float) -> Floats:
    """Bumps and slopes in face coordinates; measured by eye on speaking faces. [7, n, 2]."""
    x, y = face.seen(skin)
    far = np.abs(x)
    inside = 1 - smoothstep((_outside(face, skin) - 1) / 0.25)
    down = smoothstep((y + 0.15) / 0.60) * (1 - 0.75 * smoothstep((far - 1.0) / 1.6)) * inside
    corner = np.exp(-((far - 1.1) ** 2) / 0.45 - (y / 0.30) ** 2) * np.sign(x)
    under_nose = np.exp(-(x**2) / 0.8 - ((y + 0.16) / 0.14) ** 2)
    over_chin = np.exp(-(x**2) / 0.8 - ((y - 0.20) / 0.15) ** 2)
    none = np.zeros_like(x)
    seal = -0.6 * gap_pixels / face.nose_to_chin
    return np.stack(
        [
            face.move(-0.05 * x * down * inside, DROP * down),
            face.move(0.15 * corner, -0.018 * np.abs(corner)),
            face.move(-0.25 * corner, none),
            face.move(none, -0.040 * under_nose),
            face.move(none, 0.045 * over_chin),
            face.move(none, -0.020 * over_chin),
            face.move(none, seal * down),
        ]
    )


def _lip_moves(face: Measure, row: Floats, seal: Floats, inward: float, side: int) -> Floats:
    """Of one ring of a lip, ``inward`` 0 at its outer edge and 1 at its inner one: [7, 11, 2]."""
    x, _ = face.seen(row)
    middle = np.sin(np.pi * np.linspace(0, 1, len(row))).clip(0, 1).astype(np.float32)
    none = np.zeros_like(x)
    corners_drop = float(smoothstep(0.15 / 0.60))
    drop = corners_drop * (1 - middle) + (0.95 * middle**0.65 if side > 0 else none)
    flare = 0.75 + 0.25 * inward
    return np.stack(
        [
            face.move(-0.07 * x, DROP * drop),
            face.move(0.15 * x, side * -0.010 * (1 - inward) * middle - 0.018 * (1 - middle)),
            face.move(-0.30 * x, side * (0.028 + 0.012 * (1 - inward)) * middle),
            face.move(none, -0.052 * middle * flare if side < 0 else none),
            face.move(none, 0.050 * middle * flare if side > 0 else none),
            face.move(none, -side * 0.022 * (1 - inward) * middle),
            seal,
        ]
    )


def _outside(face: Measure, points: Floats) -> Floats:
    """1 on the edge of the face, less inside, more outside."""
    oval = face.points[list(OVAL), :2]
    middle = oval.mean(0)
    angles = np.arctan2(*(oval - middle).T[::-1])
    reach = np.linalg.norm(oval - middle, axis=1)
    order = np.argsort(angles)
    away = points - middle
    edge = np.interp(
        np.arctan2(away[:, 1], away[:, 0]), angles[order], reach[order], period=2 * np.pi
    )
    return np.asarray(np.linalg.norm(away, axis=1) / edge, np.float32)


def _outline(edge: Floats) -> Floats:
    """The eleven points of a lip's edge as a smooth line of ``OUTLINE``."""
    line = cv2.resize(edge[None], (OUTLINE, 1), interpolation=cv2.INTER_CUBIC)[0]
    line[0], line[-1] = edge[0], edge[-1]
    return np.asarray(line, np.float32)


def _apart(points: Floats, pixels: float) -> tuple[Floats, NDArray[np.intp]]:
    """Without those that stand nearly on an earlier one; and the indices of what is kept."""
    kept: list[int] = []
    for index, point in enumerate(points):
        if not kept or float(np.abs(points[kept] - point).max(1).min()) > pixels:
            kept.append(index)
    chosen = np.array(kept)
    return points[chosen], chosen
