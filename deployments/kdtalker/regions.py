"""The parts of a patch that are worth drawing: what moves, and of that what can be seen.

A figure cut out of its ground is nothing in half of its rectangle, and solid in most of the rest:
only along its outline is there anything to be blended.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import groupby

import cv2
import numpy as np
from numpy.typing import NDArray

from deployments.kdtalker.field import Patch
from pipeline.media.compose import Planes

Floats = NDArray[np.floating]
Bytes = NDArray[np.uint8]

TILES = 24
"""Along the longer side of a patch, about."""
STILL_PIXELS = 0.02
NOTHING, SOLID, OUTLINE = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Region:
    """A rectangle of the picture; ``solid`` where nothing is ever seen through it."""

    patch: Patch
    solid: bool


def regions(portrait: Planes, patch: Patch, reach: Floats) -> tuple[Region, ...]:
    """What must be drawn of ``patch``, without overlaps.

    ``reach`` [rows, columns], evenly over the patch, is how far pixels may come from, in pixels.
    """
    side = max(16, max(patch.width, patch.height) // TILES // 2 * 2)
    kinds = _kinds(portrait, patch, reach, side)
    runs: list[Region] = []
    for row, line in enumerate(kinds):
        top = row * side
        for kind, first, count in _runs(line):
            if kind == NOTHING:
                continue
            width = min(count * side, patch.width - first * side)
            height = min(side, patch.height - top)
            at = Patch(patch.left + first * side, patch.top + top, width, height)
            _add(runs, Region(at, kind == SOLID))
    return tuple(runs)


def _kinds(portrait: Planes, patch: Patch, reach: Floats, side: int) -> NDArray[np.uint8]:
    """One of ``NOTHING``, ``SOLID`` and ``OUTLINE`` for each tile."""
    rows, columns = -(-patch.height // side), -(-patch.width // side)
    kinds = np.full((rows, columns), SOLID, np.uint8)
    size = (patch.width, patch.height)
    far = cv2.resize(reach.astype(np.float32), size, interpolation=cv2.INTER_LINEAR)
    for row, column in np.ndindex(rows, columns):
        tile = np.s_[row * side : (row + 1) * side, column * side : (column + 1) * side]
        pixels = float(far[tile].max())
        if pixels < STILL_PIXELS:
            kinds[row, column] = NOTHING
        elif portrait.alpha is not None:
            left, top = patch.left + column * side, patch.top + row * side
            kinds[row, column] = _seen(portrait.alpha, left, top, side, int(pixels) + 2)
    return kinds


def _seen(alpha: Bytes, left: int, top: int, side: int, margin: int) -> int:
    """Of a tile whose pixels come from ``margin`` around it."""
    rows = slice(max(top - margin, 0), top + side + margin)
    around = alpha[rows, max(left - margin, 0) : left + side + margin]
    if around.max() == 0:
        return NOTHING
    return SOLID if around.min() == 255 else OUTLINE


def _runs(line: NDArray[np.uint8]) -> Iterator[tuple[int, int, int]]:
    """Kind, first tile and number of tiles."""
    first = 0
    for kind, tiles in groupby(line.tolist()):
        count = len(list(tiles))
        yield kind, first, count
        first += count


def _add(made: list[Region], region: Region) -> None:
    """At the end, or as more of the one that stands right above it."""
    new = region.patch
    for index, above in enumerate(made):
        old = above.patch
        under = old.top + old.height == new.top
        if under and (old.left, old.width) == (new.left, new.width) and above.solid == region.solid:
            grown = replace(old, height=old.height + new.height)
            made[index] = replace(above, patch=grown)
            return
    made.append(region)
