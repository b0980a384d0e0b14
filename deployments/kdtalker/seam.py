"""Where closed lips meet: along the dark line between them, not where the mesh guesses."""

import cv2
import numpy as np
from numpy.typing import NDArray

from deployments.kdtalker.field import sampled

Floats = NDArray[np.floating]

OFFSETS = 25
FAR_COST, BEND_COST = 0.5, 1.2
"""Against the full contrast of the line: being at the rim of the search, and a step sideways."""


def seam(luma: NDArray[np.uint8], line: Floats, reach: Floats) -> Floats:
    """``line`` [n, 2] moved by up to ``reach`` [2] either way to the darkest smooth path."""
    shares = np.linspace(-1, 1, OFFSETS, dtype=np.float32)
    places = line[:, None] + shares[:, None] * reach
    seen = sampled(cv2.GaussianBlur(luma, (3, 3), 0), places.astype(np.float32), cv2.INTER_LINEAR)
    bright = np.asarray(seen, np.float32)
    bright = (bright - bright.min()) / max(float(np.ptp(bright)), 24.0)
    chosen = _cheapest_path(bright + FAR_COST * shares**2)
    smooth = cv2.GaussianBlur(shares[chosen][None], (5, 1), 1.0, borderType=cv2.BORDER_REPLICATE)[0]
    return np.asarray(line + smooth[:, None] * reach, np.float32)


def _cheapest_path(cost: Floats) -> NDArray[np.intp]:
    """One column a row, by dynamic programming (Viterbi 1967)."""
    rows, columns = cost.shape
    index = np.arange(columns)
    bend = BEND_COST * np.abs(index[:, None] - index[None]) / columns * 4
    total = cost[0]
    came = np.zeros((rows, columns), np.intp)
    for row in range(1, rows):
        ways = total[None] + bend
        came[row] = ways.argmin(1)
        total = ways.min(1) + cost[row]
    path = [int(total.argmin())]
    for row in range(rows - 1, 0, -1):
        path.append(int(came[row, path[-1]]))
    return np.array(path[::-1])
