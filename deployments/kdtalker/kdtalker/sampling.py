"""Windows of several scenes sampled in one batch."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields

import torch
from torch import Tensor

from deployments.kdtalker.kdtalker.together import Together


@dataclass(frozen=True, slots=True, eq=False)
class Window:
    """What ``Sampler.sample`` takes, of one clip."""

    origin: Tensor
    reference: Tensor
    heard: Tensor
    noise: Tensor


class SharedSampler:
    """A ``WindowSampler`` for scenes in threads of their own. ``sample`` takes any number of clips,
    as ``Sampler.sample`` does."""

    def __init__(self, sample: Callable[..., Tensor], most: int) -> None:
        self._sample = sample
        self._together = Together(self._sampled, most)

    def sample(self, origin: Tensor, reference: Tensor, heard: Tensor, noise: Tensor) -> Tensor:
        """One window: normalised motion [1, 64, 70]. Raises DeviceFull."""
        (future,) = self._together.submit([Window(origin, reference, heard, noise)])
        return future.result()

    def close(self) -> None:
        self._together.close()

    def _sampled(self, windows: Sequence[Window]) -> Sequence[Tensor]:
        columns = ([getattr(w, field.name) for w in windows] for field in fields(Window))
        motion = self._sample(*(torch.cat(column) for column in columns))
        return torch.split(motion, 1)
