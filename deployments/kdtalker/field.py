"""Smooth displacements of a rectangle of a picture, cheap to mix and to draw with.

A field says how far each point of the picture at rest moves. It is kept on a coarse grid: mixing
and inverting a few thousand nodes costs next to nothing, and the way up to pixels is one resize.
"""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.media.compose import Planes

Floats = NDArray[np.floating]
Bytes = NDArray[np.uint8]

NODES = 44
"""Grid nodes along the longer side, about."""
INVERTING_STEPS = 4
_NO_MAP: Any = None
"""Both coordinates come in the first map. (An empty array in its place gives black.)"""


@dataclass(frozen=True, slots=True)
class Patch:
    """An even rectangle of a picture: left, top, width and height in pixels."""

    left: int
    top: int
    width: int
    height: int

    @property
    def corner(self) -> Floats:
        return np.array([self.left, self.top], np.float32)


def patch_round(points: Floats, margin: float, size: tuple[int, int]) -> Patch:
    """The even rectangle round ``points`` [n, 2] and ``margin`` pixels more, inside the picture."""
    low = np.clip(np.floor((points.min(0) - margin) / 2) * 2, 0, None).astype(int)
    high = np.minimum(np.ceil((points.max(0) + margin) / 2) * 2, size).astype(int)
    width, height = np.maximum(high // 2 * 2 - low, 2)
    return Patch(int(low[0]), int(low[1]), int(width), int(height))


class Grid:
    """The nodes over a patch; node and pixel centres stand as ``cv2.resize`` has them."""

    def __init__(self, patch: Patch) -> None:
        self.patch = patch
        longer = max(patch.width, patch.height)
        self._shape = tuple(
            max(4, round(NODES * side / longer)) for side in (patch.height, patch.width)
        )
        rows, columns = self._shape
        self._step = np.array([patch.width / columns, patch.height / rows], np.float32)
        index = np.stack(np.meshgrid(np.arange(columns), np.arange(rows)), axis=-1)
        self._index = index.astype(np.float32)
        self.nodes: Floats = ((self._index + 0.5) * self._step - 0.5 + patch.corner).astype(
            np.float32
        )
        self._full = _identity(patch.width, patch.height) + patch.corner
        self._half = _identity(patch.width // 2, patch.height // 2) + patch.corner / 2

    def inverse(self, field: Floats) -> Floats:
        """Where each node's content comes from, as a displacement: [rows, columns, 2].

        Solves ``e(y) = -d(y + e(y))`` by repetition, which converges where a field nowhere folds.
        """
        back = -field
        for _ in range(INVERTING_STEPS):
            at = self._index + back / self._step
            back = -sampled(field, at, cv2.INTER_LINEAR)
        return back

    def maps(self, back: Floats) -> "Maps":
        size, half = self._full.shape[1::-1], self._half.shape[1::-1]
        full = cv2.resize(back, size, interpolation=cv2.INTER_CUBIC)
        small = cv2.resize(back * np.float32(0.5), half, interpolation=cv2.INTER_LINEAR)
        return Maps(full, small, self._full, self._half)  # type: ignore[arg-type]

    def edge(self, share: float = 0.12) -> Floats:
        """1 inside, falling to 0 at the rim of the patch: [rows, columns, 1]."""
        sides = [
            np.minimum(np.arange(n) + 0.5, n - np.arange(n) - 0.5) / (share * n)
            for n in self._shape
        ]
        return (smoothstep(sides[0])[:, None] * smoothstep(sides[1])[None, :])[..., None]


@dataclass(frozen=True, slots=True, eq=False)
class Maps:
    """How far from itself (``at``) each pixel of a patch is taken: [h, w, 2] and, for chroma,
    [h/2, w/2, 2]."""

    full: Floats
    half: Floats
    at_full: Floats
    at_half: Floats

    def draw(self, source: Planes, method: int, solid: bool = False) -> Planes:
        """The patch, drawn from the whole ``source``; if ``solid``, without its opacity."""
        full: Floats = np.asarray(cv2.add(self.full, self.at_full), np.float32)
        half: Floats = np.asarray(cv2.add(self.half, self.at_half), np.float32)
        luma = sampled(source.luma, full, method)
        chroma = sampled(source.chroma, half, cv2.INTER_LINEAR)
        if solid or source.alpha is None or source.alpha_half is None:
            return Planes(luma, chroma)
        return Planes(
            luma,
            chroma,
            sampled(source.alpha, full, cv2.INTER_LINEAR),
            sampled(source.alpha_half, half, cv2.INTER_LINEAR),
        )

    def part(self, left: int, top: int, width: int, height: int) -> "Maps":
        """A view of an even rectangle of the patch."""
        full = np.s_[top : top + height, left : left + width]
        half = np.s_[top // 2 : (top + height) // 2, left // 2 : (left + width) // 2]
        return Maps(self.full[full], self.half[half], self.at_full[full], self.at_half[half])


class Spline:
    """Thin-plate splines (Bookstein 1989) through displacements known at some points.

    ``moves`` has shape [m, n, 2]: m displacements of each of the n ``points`` [n, 2].
    """

    def __init__(self, points: Floats, moves: Floats, stiffness: float = 1e-3) -> None:
        self._origin = points.mean(0)
        self._scale = float(np.ptp(points, axis=0).max())
        self._points = self._unit(points)
        self._shape = (len(moves), 2)
        count = len(points)
        system = np.zeros((count + 3, count + 3))
        system[:count, :count] = _plate(self._points, self._points) + stiffness * np.eye(count)
        system[:count, count:] = _affine(self._points)
        system[count:, :count] = system[:count, count:].T
        known = np.zeros((count + 3, len(moves) * 2))
        known[:count] = moves.transpose(1, 0, 2).reshape(count, -1)
        self._weights = np.linalg.solve(system, known)

    def at(self, where: Floats) -> Floats:
        """The displacements at ``where`` [..., 2]: [m, ..., 2]."""
        flat = self._unit(where.reshape(-1, 2))
        moves = np.hstack([_plate(flat, self._points), _affine(flat)]) @ self._weights
        moves = moves.reshape(-1, *self._shape).swapaxes(0, 1)
        return np.asarray(moves.reshape(-1, *where.shape), np.float32)

    def _unit(self, points: Floats) -> NDArray[np.float64]:
        return np.asarray((points - self._origin) / self._scale, np.float64)


def sampled(plane: Any, where: Floats, method: int) -> Any:
    """``plane`` [h, w, …] at the pixels ``where`` [rows, columns, 2]; beyond its rim, the rim."""
    return cv2.remap(plane, where, _NO_MAP, method, borderMode=cv2.BORDER_REPLICATE)


def smoothstep(share: NDArray[np.floating] | float) -> Floats:
    """0 at 0 and 1 at 1, level at both."""
    inside = np.clip(np.asarray(share, np.float32), 0, 1)
    return np.asarray(inside * inside * (3 - 2 * inside), np.float32)


def _plate(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float64]:
    squared = ((a[:, None] - b[None]) ** 2).sum(-1)
    return np.asarray(squared * np.log(squared + 1e-12), np.float64)


def _affine(points: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.hstack([np.ones((len(points), 1)), points])


def _identity(width: int, height: int) -> Floats:
    x, y = np.meshgrid(np.arange(width), np.arange(height))
    return np.stack([x, y], axis=-1).astype(np.float32)
