"""What of a head is drawn, and what is left alone."""

import numpy as np
import pytest

from deployments.kdtalker.field import Patch
from deployments.kdtalker.regions import Region, regions
from pipeline.media.compose import Planes

SIZE = 480
PATCH = Patch(40, 20, 400, 420)


def disc(radius: float) -> Planes:
    """A cut-out figure in the middle."""
    y, x = np.mgrid[:SIZE, :SIZE] - SIZE // 2
    alpha = np.where(np.hypot(x, y) < radius, 255, 0).astype(np.uint8)
    luma, chroma = np.full((SIZE, SIZE), 90, np.uint8), np.full((SIZE // 2, SIZE // 2, 2), 90)
    return Planes(luma, chroma.astype(np.uint8), alpha, alpha[::2, ::2])


def photograph() -> Planes:
    figure = disc(10)
    return Planes(figure.luma, figure.chroma)


def reach(pixels: float) -> np.ndarray:
    return np.full((44, 42), pixels, np.float32)


def drawn(made: tuple[Region, ...]) -> np.ndarray:
    """How often each pixel is drawn."""
    times = np.zeros((SIZE, SIZE), int)
    for region in made:
        at = region.patch
        times[at.top : at.top + at.height, at.left : at.left + at.width] += 1
    return times


def test_all_of_a_photograph_that_moves_is_drawn_once_and_solid() -> None:
    made = regions(photograph(), PATCH, reach(5))
    assert [region.patch for region in made] == [PATCH]
    assert made[0].solid


def test_what_does_not_move_is_left_alone() -> None:
    moves = reach(5)
    moves[22:] = 0
    times = drawn(regions(photograph(), PATCH, moves))
    assert times[20:200, 40:440].min() == 1
    assert times[260:].max() == 0


@pytest.mark.parametrize("pixels", [1.0, 12.0, 30.0])
def test_every_pixel_a_figure_can_come_to_is_drawn_once(pixels: float) -> None:
    times = drawn(regions(disc(120), PATCH, reach(pixels)))
    y, x = np.mgrid[:SIZE, :SIZE] - SIZE // 2
    away = np.hypot(x, y)
    assert times.max() == 1
    assert times[away < 120 + pixels].min() == 1
    assert times.sum() < 0.75 * PATCH.width * PATCH.height


@pytest.mark.parametrize("pixels", [1.0, 12.0, 30.0])
def test_nothing_is_solid_that_an_outline_can_come_to(pixels: float) -> None:
    y, x = np.mgrid[:SIZE, :SIZE] - SIZE // 2
    away = np.hypot(x, y)
    solid = drawn(tuple(r for r in regions(disc(150), PATCH, reach(pixels)) if r.solid)) > 0
    assert solid.sum() > 5000
    assert away[solid].max() < 150 - pixels


def test_regions_stand_on_whole_pairs_of_pixels() -> None:
    for region in regions(disc(120), Patch(38, 22, 402, 418), reach(9)):
        at = region.patch
        assert not any(side % 2 for side in (at.left, at.top, at.width, at.height))
