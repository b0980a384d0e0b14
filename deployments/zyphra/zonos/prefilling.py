"""An utterance on its way into a batch: its prefill, a chunk at a time, in slots of its own."""

from collections.abc import Hashable

import torch
from torch import Tensor

from deployments.zyphra.zonos.backbone import sequence
from deployments.zyphra.zonos.cache import Cache
from deployments.zyphra.zonos.columns import Columns, start_columns
from deployments.zyphra.zonos.generate import PREFILL_CHUNK, Utterance, prefill_rows, sampler
from deployments.zyphra.zonos.model import BRANCHES, Zonos, guide


class Prefilling:
    """``columns`` holds the first draw once ``advance`` has said that it is done."""

    def __init__(self, model: Zonos, key: Hashable, ask: Utterance, cache: Cache) -> None:
        self.key, self.ask = key, ask
        self._model, self._cache = model, cache
        prefix = model.prefix_conditioner.both(ask.conditions)
        self.offset = prefix.shape[1]
        self._rows = prefill_rows(model, prefix, ask.audio_prefix)
        self._done = 0
        self.columns: Columns = start_columns([ask.audio_prefix.to(model.device)], [ask.frames])
        cache.clear()

    @property
    def positions(self) -> int:
        """How many positions the prefill takes."""
        return self._rows.shape[1]

    def advance(self) -> bool:
        """The next chunk; True when that was the last one."""
        chunk = self._rows[:, self._done : self._done + PREFILL_CHUNK]
        start = torch.full((BRANCHES,), self._done, device=chunk.device)
        hidden = self._model.backbone(chunk, sequence(start, chunk.shape[1]), self._cache)
        self._done += chunk.shape[1]
        if self._done < self.positions:
            return False
        self._draw(hidden[:, -1])
        return True

    def _draw(self, hidden: Tensor) -> None:
        scale = torch.tensor([self.ask.guidance], device=hidden.device)
        choose = sampler(self.ask, hidden.device)
        self.columns.begin(choose(guide(self._model.logits(hidden), scale), self.columns))
