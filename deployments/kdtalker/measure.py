"""A face's own axes and units, so that movements are said once for every portrait."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from deployments.kdtalker.landmarks import (
    CHIN,
    LEFT_EYE_OUTER,
    RIGHT_EYE_OUTER,
    UNDER_NOSE,
    UPPER_LIP,
)

Floats = NDArray[np.floating]


@dataclass(frozen=True, slots=True, eq=False)
class Measure:
    """``points`` [468, 3] in pixels of the presenter. Across and down are along the face, not the
    picture, so a tilted head opens its mouth along its own chin."""

    points: Floats
    lids: Floats
    """[2, 2, 9, 2]: right and left, upper and lower, from the outer corner to the inner one."""
    across: Floats
    down: Floats
    mouth: Floats
    """The middle between the corners of the mouth."""
    half_mouth: float
    nose_to_chin: float
    width: float
    height: float

    def seen(self, points: Floats) -> tuple[Floats, Floats]:
        """Pixels [..., 2] as face coordinates: across in half mouths, down in noses to chin; both
        from the middle of the mouth."""
        from_mouth = points - self.mouth
        return (
            from_mouth @ self.across / self.half_mouth,
            from_mouth @ self.down / self.nose_to_chin,
        )

    def move(self, across: Floats, down: Floats) -> Floats:
        """Face coordinates as a displacement in pixels: [..., 2]."""
        x = np.asarray(across)[..., None] * self.half_mouth * self.across
        y = np.asarray(down)[..., None] * self.nose_to_chin * self.down
        return np.asarray(x + y, np.float32)


def measure(points: Floats, lids: Floats) -> Measure:
    flat = points[:, :2]
    across = flat[LEFT_EYE_OUTER] - flat[RIGHT_EYE_OUTER]
    across = across / np.linalg.norm(across)
    down = np.array([-across[1], across[0]], np.float32)
    corners = flat[[UPPER_LIP[0][0], UPPER_LIP[0][-1]]]
    return Measure(
        points,
        lids,
        across,
        down,
        corners.mean(0),
        float((corners[1] - corners[0]) @ across) / 2,
        float((flat[CHIN] - flat[UNDER_NOSE]) @ down),
        float(np.ptp(flat @ across)),
        float(np.ptp(flat @ down)),
    )
