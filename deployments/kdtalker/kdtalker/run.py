"""A run of frames: what is drawn elsewhere at once."""

import hashlib
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Frames = NDArray[np.uint8]
"""[n, 512, 512, 3]"""


@dataclass(frozen=True, slots=True, eq=False)
class Run:
    """Frames of one face in a row, with all that is needed to draw them: ``crop`` [512, 512, 3] and
    its own ``keypoints`` [21, 3], and those of the frames, ``driving`` [n, 21, 3]."""

    crop: NDArray[np.uint8]
    keypoints: Floats
    driving: Floats

    @property
    def face(self) -> bytes:
        """The same for all runs of a face."""
        digest = hashlib.blake2b(np.ascontiguousarray(self.crop).data, digest_size=16)
        digest.update(np.ascontiguousarray(self.keypoints).data)
        return digest.digest()


class Elsewhere(Protocol):
    """Others who draw."""

    def draw(self, run: Run) -> "Future[Frames]":
        """The future raises RunLost, and nothing else; who cancels it ends the drawing. It may take
        for ever: nobody may be there."""
        ...
