"""Continuous batching: utterances join and leave a running batch at any step.

The utterances that are being spoken have the first slots, so that a step works on windows that
begin at 0 and have one shape for each size of batch. One that joins is prefilled beside them and
then moved in; where one leaves, the last one takes its place. What an utterance gets does not
depend on its neighbours: it has its own position, rules and random stream.
"""

from collections import deque
from collections.abc import Hashable
from dataclasses import dataclass, field

import torch
from torch import Tensor

from deployments.zyphra.zonos.columns import empty_columns
from deployments.zyphra.zonos.config import CODEBOOKS, EMBEDDED
from deployments.zyphra.zonos.delay import delay, to_codes
from deployments.zyphra.zonos.generate import Utterance, step
from deployments.zyphra.zonos.model import BRANCHES, Zonos, ban_eos, guide
from deployments.zyphra.zonos.noise import exponential
from deployments.zyphra.zonos.prefilling import Prefilling
from deployments.zyphra.zonos.sampling import SamplingRows, penalise, sample, sampling_rows

SPAN_MULTIPLE = 256
"""Attention looks at as many positions as the longest utterance has, rounded up to this."""


class UtteranceTooLong(ValueError):
    """The utterance needs more positions than a slot has."""


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """The next frames [9, n] of an utterance (those of its audio prefix come first)."""

    key: Hashable
    codes: Tensor
    last: bool


@dataclass(slots=True, eq=False)
class Speaking:
    """An utterance in the batch, as the host sees it: ``columns`` [9] each, ``sent`` frames."""

    key: Hashable
    ask: Utterance
    offset: int
    columns: list[Tensor] = field(default_factory=list)
    sent: int = 0

    @property
    def width(self) -> int:
        return self.ask.audio_prefix.shape[1] + self.ask.frames + CODEBOOKS

    @property
    def positions(self) -> int:
        """Those it may have used after the step that comes; the host runs one column behind."""
        return self.offset + len(self.columns) + 2

    def see(self, codes: Tensor, column: int, left: int) -> Piece | None:
        """Takes note of its last column; gives what has become final with it."""
        if len(self.columns) <= column < self.width:
            self.columns.append(codes)
        frames = max(0, column - CODEBOOKS)
        if frames == self.sent and left > 0:
            return None
        fresh = to_codes(torch.stack(self.columns[self.sent : frames + CODEBOOKS], 1))
        self.sent = frames
        return Piece(self.key, fresh, last=left == 0)


class Batch:
    """Up to ``slots`` utterances of up to ``positions`` positions, text and sound together."""

    def __init__(self, model: Zonos, slots: int, positions: int) -> None:
        self._model, self._slots, self._positions = model, slots, positions
        self._cache = model.make_cache(BRANCHES * (slots + 1), positions)
        self._columns = empty_columns(slots, positions, model.device)
        self._offsets = torch.zeros(slots, device=model.device, dtype=torch.long)
        self._seeds = torch.zeros(slots, device=model.device, dtype=torch.long)
        self._scales = torch.zeros(slots, device=model.device)
        self._rules: SamplingRows | None = None
        self._waiting: deque[tuple[Hashable, Utterance]] = deque()
        self._joining: Prefilling | None = None
        self._speaking: list[Speaking] = []

    @property
    def busy(self) -> bool:
        return bool(self._waiting or self._joining or self._speaking)

    @property
    def size(self) -> int:
        """How many utterances the next step works on."""
        return len(self._speaking)

    def join(self, key: Hashable, ask: Utterance) -> None:
        """Queues an utterance; it begins when a slot is free. Raises UtteranceTooLong."""
        prefix = self._model.prefix_conditioner.length(ask.conditions)
        # and one more: an utterance that has ended stands past its last column for a step
        needed = prefix + ask.audio_prefix.shape[1] + ask.frames + CODEBOOKS + 1
        if needed > self._positions:
            raise UtteranceTooLong(f"{needed} positions of {self._positions}")
        self._waiting.append((key, ask))

    def leave(self, key: Hashable) -> None:
        """Drops an utterance, wherever it is; its slot is free at once. Unknown keys are ignored:
        it may just have ended."""
        self._waiting = deque(item for item in self._waiting if item[0] != key)
        if self._joining is not None and self._joining.key == key:
            self._joining = None
        for slot, speaking in enumerate(self._speaking):
            if speaking.key == key:
                self._free(slot)
                return

    @torch.inference_mode()
    def step(self) -> list[Piece]:
        """One chunk of a prefill, if one waits, and one step of all that speak.

        What the last step gave is read while this one runs, so an utterance leaves a step after
        its end.
        """
        self._prefill()
        if not self._speaking:
            return []
        reading = Reading(self._seen())
        self._decode()
        return self._read(reading)

    def _prefill(self) -> None:
        if self._joining is None and self._waiting and len(self._speaking) < self._slots:
            key, ask = self._waiting.popleft()
            aside = self._cache.window(BRANCHES * self._slots, BRANCHES, self._positions)
            self._joining = Prefilling(self._model, key, ask, aside)
        if self._joining is not None and self._joining.advance():
            self._admit(self._joining)
            self._joining = None

    def _admit(self, joining: Prefilling) -> None:
        slot, ask = len(self._speaking), joining.ask
        first = BRANCHES * self._slots
        self._cache.move(first, BRANCHES * slot, BRANCHES, joining.positions)
        self._columns.put(slot, joining.columns)
        self._offsets[slot] = joining.offset
        self._seeds[slot] = ask.seed
        self._scales[slot] = ask.guidance
        known = delay(ask.audio_prefix.cpu())[:, : ask.audio_prefix.shape[1] + 1]
        self._speaking.append(Speaking(joining.key, ask, joining.offset, list(known.unbind(1))))
        self._rules = None

    def _free(self, slot: int) -> None:
        last = len(self._speaking) - 1
        moved = self._speaking.pop()
        self._rules = None
        if slot == last:
            return
        self._speaking[slot] = moved
        self._cache.move(BRANCHES * last, BRANCHES * slot, BRANCHES, moved.positions)
        self._columns.put(slot, self._columns, last)
        for values in (self._offsets, self._seeds, self._scales):
            values[slot] = values[last]

    def _seen(self) -> Tensor:
        """Of each utterance: its last column, which one that is, and steps left [size, 11]."""
        columns = self._columns.window(self.size)
        counters = torch.stack([columns.column, columns.left], 1)
        return torch.cat([columns.current(), counters], 1)

    def _decode(self) -> None:
        """One step of the first slots; nothing in it asks the device for a value."""
        size = self.size
        if self._rules is None:
            rules = [speaking.ask.sampling for speaking in self._speaking]
            self._rules = sampling_rows(rules, self._model.device)
        columns = self._columns.window(size)
        cache = self._cache.window(0, BRANCHES * size, self._span())
        positions = columns.column + self._offsets[:size]
        logits = guide(step(self._model, columns, positions, cache), self._scales[:size])
        history = columns.history(self._rules.window)
        logits = penalise(ban_eos(logits), *history, self._rules)
        noise = exponential(self._seeds[:size], columns.column, CODEBOOKS, EMBEDDED)
        columns.advance(sample(logits, self._rules, noise))

    def _span(self) -> int:
        longest = max(speaking.positions for speaking in self._speaking)
        return min(-(-longest // SPAN_MULTIPLE) * SPAN_MULTIPLE, self._positions)

    def _read(self, reading: "Reading") -> list[Piece]:
        rows = reading.wait()
        pieces = []
        for slot in reversed(range(self.size)):
            column, left = rows[slot, CODEBOOKS:].tolist()
            piece = self._speaking[slot].see(rows[slot, :CODEBOOKS], column, left)
            if piece is not None:
                pieces.append(piece)
            if left == 0:
                self._free(slot)
        return pieces[::-1]


class Reading:
    """A small tensor on its way to the host, ready before the work that is queued after it."""

    def __init__(self, values: Tensor) -> None:
        on_gpu = values.is_cuda
        self._host = torch.empty(values.shape, dtype=values.dtype, pin_memory=on_gpu)
        self._host.copy_(values, non_blocking=on_gpu)
        self._there = torch.cuda.Event() if on_gpu else None  # type: ignore[no-untyped-call]
        if self._there is not None:
            self._there.record()

    def wait(self) -> Tensor:
        if self._there is not None:
            self._there.synchronize()
        return self._host
