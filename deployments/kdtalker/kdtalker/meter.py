"""Who is told how fast the work goes."""

from collections.abc import Callable

Meter = Callable[[int, float], None]
"""Told of each batch of frames or pictures: how many, and how many seconds they took."""


def unmeasured(size: int, seconds: float) -> None:
    """Nobody is told."""
