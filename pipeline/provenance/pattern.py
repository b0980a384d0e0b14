"""The pattern of the watermark: which cells of a spectrogram are raised and which are lowered.

A cell is three bins of two hops (129 Hz by 23 ms). The pattern is 54 bands high (344 to 7,321 Hz:
what sound at 16 kHz keeps) and 3 s long, and begins anew when it has ended. Some three tenths of
its cells are the same in every mark, so that it can be found; the rest carry the payload.
"""

import hashlib
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from pipeline.provenance.payload import SIGNS, Payload, Signs

VERSION = "1"
"""Changes with everything that makes old marks unreadable."""
PUBLIC_KEY = "lectern"
"""The key of marks that everyone may find."""

FRAME, HOP = 1024, 512
FIRST_BIN, BAND_BINS, BANDS = 8, 3, 54
BINS = slice(FIRST_BIN, FIRST_BIN + BANDS * BAND_BINS)
CHIP_HOPS, CHIPS = 2, 129
PERIOD_HOPS = CHIP_HOPS * CHIPS
CELLS = BANDS * CHIPS
SYNC_CELLS = round(0.3 * CELLS)


@dataclass(frozen=True, slots=True, eq=False)
class Pattern:
    """``spread``: a sign for each cell. ``sign_of``: which sign of the payload the cell carries,
    ``SIGNS`` for those that carry none. Both have the shape [bands, chips]."""

    spread: Signs
    sign_of: NDArray[np.intp]

    @property
    def sync(self) -> Signs:
        """The cells that are the same in every mark; zeros elsewhere."""
        return np.where(self.sign_of == SIGNS, self.spread, np.float32(0))

    def signs(self, payload: Payload) -> Signs:
        """Whether each cell is raised or lowered."""
        return self.spread * np.append(payload.signs(), np.float32(1))[self.sign_of]

    def soft_signs(self, cells: NDArray[np.float64]) -> NDArray[np.float64]:
        """What the cells say of each sign of the payload; shape [256]."""
        said = np.zeros(SIGNS + 1)
        np.add.at(said, self.sign_of, cells * self.spread)
        return said[:SIGNS]


@lru_cache(maxsize=4)
def pattern(key: str) -> Pattern:
    """The same for a key everywhere and always, hence not from a library's random numbers."""
    drawn = hashlib.shake_256(f"watermark {VERSION} {key}".encode()).digest(9 * CELLS)
    spread = np.frombuffer(drawn, np.uint8, CELLS) % 2 * np.float32(2) - np.float32(1)
    order = np.argsort(np.frombuffer(drawn, "<u8", CELLS, offset=CELLS), kind="stable")
    sign_of = np.full(CELLS, SIGNS)
    sign_of[order[SYNC_CELLS:]] = np.arange(CELLS - SYNC_CELLS) % SIGNS
    return Pattern(spread.reshape(BANDS, CHIPS), sign_of.reshape(BANDS, CHIPS))
