"""Evens out how a face drawn anew differs in brightness and colour from the portrait round it.

A generator gives back a face a shade lighter or warmer than it was. What is low in frequency of
that difference, in the first picture, which is at rest, is added to every picture. Where the two
differ a lot something moved, and that says nothing about shades.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.media.compose import Planes

Floats = NDArray[np.float32]
Bytes = NDArray[np.uint8]

SMALL = 48
"""Side of what shades are compared on."""
WIDE = 0.09 * SMALL
"""Standard deviation of what counts as low in frequency."""
MOVED = 14.0
"""Levels: differences well beyond it are no shades."""
UNLIKELY = 1e-3
MOST = 24.0
"""Levels that are added at most."""


@dataclass(frozen=True, slots=True, eq=False)
class Lift:
    """What to add to each plane and what to take from it."""

    added: Planes
    taken: Planes


def lift(base: Planes, rest: Planes, first: Planes, mask: Planes) -> Lift:
    """``base``, the portrait's own share of a picture, with the shades that ``first`` misses.

    ``rest`` and ``first`` show the same face, as it was and as it was drawn; ``mask`` says how much
    of ``first`` is seen.
    """
    missing = _shades(_small(rest) - _small(first), _shrunk(mask.luma) / np.float32(255))
    luma = _over(missing[..., 0], mask.luma) + base.luma
    chroma = _over(missing[..., 1:], mask.chroma) + base.chroma
    return Lift(_positive(luma, chroma), _positive(-luma, -chroma))


def _shades(difference: Floats, seen: Floats) -> Floats:
    """A weighted blur: [48, 48, 3]. What is ``seen`` most counts most."""
    likely = np.exp(-np.square(difference / MOVED).max(-1)) + UNLIKELY
    weight = np.asarray(likely * (seen + UNLIKELY), np.float32)[..., None]
    blurred = cv2.GaussianBlur(np.dstack([difference * weight, weight]), (0, 0), WIDE)
    shades = np.clip(blurred[..., :3] / blurred[..., 3:], -MOST, MOST)
    return np.asarray(shades, np.float32)


def _small(planes: Planes) -> Floats:
    return np.dstack([_shrunk(planes.luma), _shrunk(planes.chroma)])


def _shrunk(plane: Bytes) -> Floats:
    small = cv2.resize(plane, (SMALL, SMALL), interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.float32)


def _over(shades: Floats, mask: Bytes) -> Floats:
    """``shades`` [48, 48, …] as large as the mask, and only as far as it goes."""
    size = (mask.shape[1], mask.shape[0])
    wide = cv2.resize(shades, size, interpolation=cv2.INTER_CUBIC).reshape(mask.shape)
    return np.asarray(wide * (mask / np.float32(255)), np.float32)


def _positive(luma: Floats, chroma: Floats) -> Planes:
    return Planes(*(np.clip(np.rint(plane), 0, 255).astype(np.uint8) for plane in (luma, chroma)))
