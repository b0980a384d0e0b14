"""The places of a batch: all that a decode step reads and changes, made once and never moved.

A step finds its inputs where it left them, so a captured graph can be played again; what the host
changes between steps (who is where) it changes in place.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from deployments.zyphra.zonos.cache import Cache
from deployments.zyphra.zonos.columns import Columns, empty_columns
from deployments.zyphra.zonos.generate import Utterance
from deployments.zyphra.zonos.model import BRANCHES, Zonos
from deployments.zyphra.zonos.sampling import Sampling, SamplingRows, sampling_rows


@dataclass(frozen=True, slots=True)
class Slots:
    """``count`` places of ``positions`` positions, and one more in the cache, where an utterance is
    prefilled while the others are stepped.

    Per utterance [count]: ``offsets``, the position of its first column; ``seeds``; guidance
    ``scales``. A place that is free has an ended utterance at position 0: a step may run over it.
    """

    count: int
    positions: int
    cache: Cache
    columns: Columns
    offsets: Tensor
    seeds: Tensor
    scales: Tensor
    rules: SamplingRows

    def aside(self) -> Cache:
        """Where the next utterance is prefilled, one row a branch."""
        return self.cache.window(BRANCHES * self.count, BRANCHES, self.positions)

    def admit(self, slot: int, ask: Utterance, columns: Columns, offset: int, filled: int) -> None:
        """What was prefilled aside, ``filled`` positions of it, takes place ``slot``."""
        self.cache.move(BRANCHES * self.count, BRANCHES * slot, BRANCHES, filled)
        self.columns.put(slot, columns)
        self.offsets[slot] = offset
        self.seeds[slot] = ask.seed
        self.scales[slot] = ask.guidance
        self.rules.put(slot, ask.sampling)

    def move(self, place: int, slot: int, filled: int) -> None:
        """The utterance at ``place`` goes to ``slot``; its own place is free then."""
        self.cache.move(BRANCHES * place, BRANCHES * slot, BRANCHES, filled)
        self.columns.put(slot, self.columns, place)
        self.rules.move(place, slot)
        for values in (self.offsets, self.seeds, self.scales):
            values[slot] = values[place]
        self.free(place)

    def free(self, slot: int) -> None:
        self.columns.clear(slot)
        self.offsets[slot] = 0


def make_slots(model: Zonos, count: int, positions: int) -> Slots:
    """Raises torch.OutOfMemoryError."""
    device = model.device
    return Slots(
        count=count,
        positions=positions,
        cache=model.make_cache(BRANCHES * (count + 1), positions),
        columns=empty_columns(count, positions, device),
        offsets=torch.zeros(count, device=device, dtype=torch.long),
        seeds=torch.zeros(count, device=device, dtype=torch.long),
        scales=torch.zeros(count, device=device),
        rules=sampling_rows([Sampling()] * count, device),
    )
