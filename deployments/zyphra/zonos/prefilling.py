"""An utterance on its way into a batch: its prefill, a chunk at a time, in slots of its own."""

from deployments.zyphra.zonos.cache import Cache
from deployments.zyphra.zonos.columns import Columns, start_columns
from deployments.zyphra.zonos.generate import (
    Prefill,
    first_draw,
    prefill_rows,
    shared_rows,
)
from deployments.zyphra.zonos.model import Zonos
from deployments.zyphra.zonos.speaking import Speaking


class Prefilling:
    """``columns`` are ready for the first step once ``advance`` has said that it is done."""

    def __init__(self, model: Zonos, speaking: Speaking, cache: Cache) -> None:
        self.speaking = speaking
        self._model = model
        ask = speaking.ask
        prefix = model.prefix_conditioner.both(ask.conditions)
        rows = prefill_rows(model, prefix, speaking.prefilled())
        cache.clear()
        self._prefill = Prefill(model, rows, cache, shared_rows(ask.conditions))
        self.columns: Columns = start_columns([ask.audio_prefix.to(model.device)], [ask.frames])

    @property
    def positions(self) -> int:
        """How many positions the prefill takes."""
        return self._prefill.positions

    def advance(self) -> bool:
        """The next chunk; True when that was the last one."""
        hidden = self._prefill.advance()
        if hidden is None:
            return False
        if self.speaking.left is None:
            self.columns.begin(first_draw(self._model, self.speaking.ask, hidden, self.columns))
        else:
            self.speaking.restore(self.columns)
        return True
