"""Frames of several scenes drawn in one batch."""

from collections import deque
from collections.abc import Generator, Iterable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, fields

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from deployments.kdtalker.kdtalker.captured import Captured, Record
from deployments.kdtalker.kdtalker.fast_warping import Source, joined
from deployments.kdtalker.kdtalker.meter import Meter, unmeasured
from deployments.kdtalker.kdtalker.renderer import as_bytes
from deployments.kdtalker.kdtalker.talker import Rendering
from deployments.kdtalker.kdtalker.together import Together

Rgb = NDArray[np.uint8]
"""[512, 512, 3]"""


@dataclass(frozen=True, slots=True, eq=False)
class Shot:
    """A frame to be drawn: whose, and its keypoints [21, 3]."""

    source: Source
    keypoints: Tensor


class Drawing:
    """At most ``most`` frames a batch; with ``record`` in recorded kernels, whose batches are
    filled up to a few sizes."""

    def __init__(
        self,
        renderer: Rendering,
        most: int,
        meter: Meter = unmeasured,
        record: Record | None = None,
    ) -> None:
        self._renderer = renderer
        self._captured = None if record is None else Captured(self._bytes, record)
        self._together = Together(self._drawn, most, meter, self._relieve)

    @property
    def most(self) -> int:
        """Frames a batch; fewer than at first once the memory was full."""
        return self._together.most

    def frames(self, source: Source, keypoints: Iterable[Tensor]) -> Generator[Rgb, None, None]:
        """A picture for each row of each [n, 21, 3]. Another batch is being drawn while those of
        one are taken. Raises DeviceFull."""
        waiting: deque[Future[Rgb]] = deque()
        try:
            for piece in keypoints:
                for some in torch.split(piece, self.most):
                    waiting += self.start(source, some)
                    while len(waiting) > self.most:
                        yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()

    def start(self, source: Source, keypoints: Tensor) -> list[Future[Rgb]]:
        """A picture for each row of [n, 21, 3], as they are drawn; see ``Together.submit``."""
        return self._together.submit([Shot(source, each) for each in keypoints])

    def warm_up(self, source: Source) -> None:
        """Draws a batch of each size, so that no lesson waits for what is done once."""
        for size in sizes(self.most):
            shots = [Shot(source, source.keypoints[0])] * size
            for future in self._together.submit(shots):
                future.result()

    def close(self) -> None:
        self._together.close()

    def _drawn(self, shots: Sequence[Shot]) -> Sequence[Rgb]:
        shots, count = self._filled(shots), len(shots)
        source, driving = _batch(shots), torch.stack([shot.keypoints for shot in shots])
        tensors = [getattr(source, field.name) for field in fields(source)]
        draw = self._captured or self._bytes
        pictures: Rgb = draw(*tensors, driving)[:count].cpu().numpy()
        return list(pictures)

    def _filled(self, shots: Sequence[Shot]) -> Sequence[Shot]:
        """Up to a size that is recorded."""
        if self._captured is None:
            return shots
        size = next(size for size in sizes(self.most) if size >= len(shots))
        return [*shots, *[shots[-1]] * (size - len(shots))]

    def _bytes(self, *tensors: Tensor) -> Tensor:
        *portrait, driving = tensors
        return as_bytes(self._renderer.render(Source(*portrait), driving))

    def _relieve(self) -> None:
        if self._captured is not None:
            self._captured.forget()
        if torch.cuda.is_available():
            torch.cuda.empty_cache()


def sizes(most: int) -> list[int]:
    """Of batches: powers of two, and the largest."""
    return [*(2**power for power in range((most - 1).bit_length())), most]


def _batch(shots: Sequence[Shot]) -> Source:
    sources = [shot.source for shot in shots]
    if all(source is sources[0] for source in sources):
        return sources[0].repeated(len(sources))
    return joined(sources)
