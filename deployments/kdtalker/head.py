"""Moves the head apart from the body: a turn, a nod, a lean and a shift, fading down the neck."""

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from deployments.kdtalker.field import Grid, patch_round, smoothstep
from deployments.kdtalker.landmarks import CHIN, FOREHEAD, OVAL
from deployments.kdtalker.measure import Measure
from deployments.kdtalker.regions import regions
from pipeline.media.compose import Planes

Floats = NDArray[np.floating]

POSES = ("yaw", "pitch", "roll", "across", "down")
"""Degrees, degrees, degrees, and parts of the face's width."""
REACH_NODES = 2
JAW_ACROSS, JAW_FROM, JAW_TO, JAW_DROP = 3.2, -0.6, 1.3, 0.25
"""Where the face itself moves beneath the head, and how far: half mouths, noses to chin."""
CUBIC_PIXELS = 420_000
"""A larger patch shows a portrait enlarged or in fine detail: there linear looks the same."""


@dataclass(frozen=True, slots=True, eq=False)
class Skull:
    """Where the head is: its middle, half its width and height with hair, its pivot in the neck."""

    middle: Floats
    half: tuple[float, float]
    pivot: Floats


class Head:
    """``poses`` [frames, 5] are all it will ever take."""

    def __init__(self, portrait: Planes, face: Measure, poses: Floats) -> None:
        size = (portrait.luma.shape[1], portrait.luma.shape[0])
        skull = _skull(face)
        across, down = 1.72 * skull.half[0] * face.across, 1.7 * skull.half[1] * face.down
        reach = np.stack([skull.middle + x * across + y * down for x in (-1, 1) for y in (-1, 1)])
        self.patch = patch_round(reach, 0, size)
        self._grid = Grid(self.patch)
        weight = self._weight(face, skull) * self._grid.edge(0.06)
        self._field = self._moves(face, skull) * weight
        self.regions = regions(portrait, self.patch, self._reach(face, poses))
        small = self.patch.width * self.patch.height <= CUBIC_PIXELS
        self._method = cv2.INTER_CUBIC if small else cv2.INTER_LINEAR

    def draw(self, face: Planes, pose: Floats) -> Iterator[Planes]:
        """Each of ``regions`` with the head in ``pose`` [5]; all zero is the portrait's own."""
        mixed = np.tensordot(pose, self._field, 1)
        maps = self._grid.maps(self._grid.inverse(mixed))
        left, top = self.patch.left, self.patch.top
        for region in self.regions:
            at = region.patch
            here = maps.part(at.left - left, at.top - top, at.width, at.height)
            yield here.draw(face, self._method, region.solid)

    def _reach(self, face: Measure, poses: Floats) -> Floats:
        """How far from what is shown at each node may come, in pixels: [rows, columns]."""
        far = np.zeros(self._field.shape[1:3], np.float32)
        for pose in poses:
            far = np.maximum(far, np.abs(np.tensordot(pose, self._field, 1)).max(-1))
        x, y = face.seen(self._grid.nodes)
        jaw = (np.abs(x) < JAW_ACROSS) & (y > JAW_FROM) & (y < JAW_TO)
        far = far + jaw * JAW_DROP * face.nose_to_chin
        # pixels come from where their neighbours were: the farthest of those counts
        around = np.ones((2 * REACH_NODES + 1,) * 2, np.uint8)
        return np.asarray(cv2.dilate(np.asarray(far, np.float32), around), np.float32)

    def _weight(self, face: Measure, skull: Skull) -> Floats:
        """1 on the head, less down the neck, 0 on the body and far off: [rows, columns, 1]."""
        x, y = self._from(skull.middle, face)
        away = np.hypot(x / skull.half[0], y / skull.half[1])
        head = 1 - smoothstep((away - 0.95) / 0.75)
        chin = float((face.points[CHIN, :2] - skull.middle) @ face.down)
        neck = 1 - smoothstep((y - 0.75 * chin) / (1.1 * skull.half[1]))
        return np.asarray(head * neck, np.float32)[..., None]

    def _moves(self, face: Measure, skull: Skull) -> Floats:
        """What one unit of each of ``POSES`` does to each node: [5, rows, columns, 2]."""
        degree = np.pi / 180
        depth = self._depth(face, skull)
        from_pivot = self._grid.nodes - skull.pivot
        lean = np.stack([-from_pivot[..., 1], from_pivot[..., 0]], axis=-1) * degree
        ones = np.ones_like(depth)
        return np.stack([
            (depth * degree)[..., None] * face.across,
            (depth * degree)[..., None] * face.down,
            lean,
            (ones * face.width)[..., None] * face.across,
            (ones * face.width)[..., None] * face.down,
        ]).astype(np.float32)  # fmt: skip

    def _depth(self, face: Measure, skull: Skull) -> Floats:
        """How far each node is before the axis the head turns on, in pixels: the measured face on
        an egg, for the mesh ends where the hair begins."""
        x, y = self._from(skull.middle, face)
        round_ = np.clip(1 - (x / skull.half[0]) ** 2 - (y / skull.half[1]) ** 2, 0, 1)
        egg = face.width * 0.62 * np.sqrt(round_)
        nose = face.points[1, :2]
        nx, ny = self._from(nose, face)
        tip = np.exp(-((nx / (0.11 * face.width)) ** 2) - (ny / (0.17 * face.width)) ** 2)
        soft = cv2.GaussianBlur(np.asarray(egg + 0.10 * face.width * tip, np.float32), (3, 3), 0)
        return np.asarray(soft, np.float32)

    def _from(self, point: Floats, face: Measure) -> tuple[Floats, Floats]:
        """Pixels across and down the face, from a point, at each node."""
        away = self._grid.nodes - point
        return away @ face.across, away @ face.down


def _skull(face: Measure) -> Skull:
    """From the mesh, which ends at the forehead: hair and crown are about a third more."""
    flat = face.points[:, :2]
    top, chin = flat[FOREHEAD], flat[CHIN]
    height = float((chin - top) @ face.down)
    middle = (flat[list(OVAL)].mean(0) - 0.12 * height * face.down).astype(np.float32)
    half = (0.68 * face.width, 0.72 * height)
    return Skull(middle, half, (chin + 0.15 * height * face.down).astype(np.float32))
