"""Continuous batching: utterances join and leave a running batch at any step.

The utterances that are being spoken have the first slots, so that a step works on windows that
begin at 0 and have one shape for each size of batch. One that joins is prefilled beside them and
then moved in; where one leaves, the last one takes its place. What an utterance gets does not
depend on its neighbours: it has its own position, rules and random stream.

When the memory is used up the batch becomes half as large: everyone in it waits again, and is
prefilled from what it has spoken so far, so that nothing is lost and nothing said twice.
"""

import logging
from collections import deque
from collections.abc import Callable, Hashable

import torch
from torch import Tensor

from deployments.zyphra.zonos.config import CODEBOOKS
from deployments.zyphra.zonos.generate import Utterance
from deployments.zyphra.zonos.model import Zonos
from deployments.zyphra.zonos.prefilling import Prefilling
from deployments.zyphra.zonos.sampling import USUAL, Needs, Sampling, needs
from deployments.zyphra.zonos.slots import Slots, make_slots
from deployments.zyphra.zonos.speaking import Piece, Speaking
from deployments.zyphra.zonos.stepping import StepRunner, StepShape, make_steps

__all__ = ["Batch", "Piece", "UtteranceTooLong"]

SPAN_MULTIPLE = 256
"""Attention looks at as many positions as the longest utterance has, rounded up to this."""

_log = logging.getLogger(__name__)


class UtteranceTooLong(ValueError):
    """The utterance needs more positions than a slot has."""


class Batch:
    """Up to ``slots`` utterances of up to ``positions`` positions, text and sound together.

    ``steps`` makes what runs the steps: graphs on a GPU, unless asked otherwise.
    """

    def __init__(
        self,
        model: Zonos,
        slots: int,
        positions: int,
        steps: Callable[[Zonos, Slots], StepRunner] = make_steps,
    ) -> None:
        self._model, self._positions, self._make_steps = model, positions, steps
        self._waiting: deque[Speaking] = deque()
        self._joining: Prefilling | None = None
        self._speaking: list[Speaking] = []
        self._slots, self._steps = self._allocate(slots)

    @property
    def busy(self) -> bool:
        return bool(self._waiting or self._joining or self._speaking)

    @property
    def size(self) -> int:
        """How many utterances the next step works on."""
        return len(self._speaking)

    @property
    def slots(self) -> int:
        """How many it may work on: fewer than asked for where memory did not suffice."""
        return self._slots.count

    def join(self, key: Hashable, ask: Utterance) -> None:
        """Queues an utterance; it begins when a slot is free. Raises UtteranceTooLong."""
        prefix = self._model.prefix_conditioner.length(ask.conditions)
        speaking = Speaking(key, ask, prefix)
        # and one more: an utterance that has ended stands past its last column for a step
        needed = prefix + speaking.width + 1
        if needed > self._positions:
            raise UtteranceTooLong(f"{needed} positions of {self._positions}")
        self._waiting.append(speaking)

    def leave(self, key: Hashable) -> None:
        """Drops an utterance, wherever it is; its slot is free at once. Unknown keys are ignored:
        it may just have ended."""
        self._waiting = deque(waiting for waiting in self._waiting if waiting.key != key)
        if self._joining is not None and self._joining.speaking.key == key:
            self._joining = None
        for slot, speaking in enumerate(self._speaking):
            if speaking.key == key:
                self._free(slot)
                return

    @torch.inference_mode()
    def warm_up(self, rules: Sampling = USUAL) -> None:
        """Runs every shape of step for utterances of these rules once, over slots that are free, so
        that no listener waits for it. Only while nobody speaks. Where memory does not suffice for
        one utterance, raises torch.OutOfMemoryError."""
        assert not self._speaking
        while not self._runs_all(needs([rules])):
            self._shrink()

    def _runs_all(self, asked: Needs) -> bool:
        """False where there was too little memory for it."""
        sizes = {self._steps.size(count + 1) for count in range(self.slots)}
        try:
            for size in sorted(sizes, reverse=True):
                for span in self._spans():
                    self._steps.run(StepShape(size, span, asked))
        except torch.OutOfMemoryError:
            if self.slots == 1:
                raise
            return False
        return True

    @torch.inference_mode()
    def step(self) -> list[Piece]:
        """One chunk of a prefill, if one waits, and one step of all that speak.

        What the last step gave is read while this one runs, so an utterance leaves a step after
        its end. Where memory does not suffice for one utterance, raises torch.OutOfMemoryError.
        """
        try:
            return self._step()
        except torch.OutOfMemoryError:
            if self.slots == 1:
                raise
        # not before here: the error holds on to the tensors of the step that failed
        self._shrink()
        return []

    def _step(self) -> list[Piece]:
        self._prefill()
        if not self._speaking:
            return []
        reading = Reading(self._seen())
        asked = needs([speaking.ask.sampling for speaking in self._speaking])
        self._steps.run(StepShape(self._steps.size(self.size), self._span(), asked))
        return self._read(reading)

    def _prefill(self) -> None:
        if self._joining is None and self._waiting and self.size < self.slots:
            self._joining = Prefilling(self._model, self._waiting[0], self._slots.aside())
            self._waiting.popleft()
        if self._joining is not None and self._joining.advance():
            self._admit(self._joining)
            self._joining = None

    def _admit(self, done: Prefilling) -> None:
        speaking = done.speaking
        self._slots.admit(self.size, speaking.ask, done.columns, speaking.offset, done.positions)
        self._speaking.append(speaking)

    def _free(self, slot: int) -> None:
        last = self.size - 1
        moved = self._speaking.pop()
        if slot == last:
            self._slots.free(slot)
            return
        self._speaking[slot] = moved
        self._slots.move(last, slot, moved.positions)

    def _seen(self) -> Tensor:
        """Of each utterance: its last column, which one that is, steps left, and whether its end
        has come [size, 12]."""
        columns = self._slots.columns.window(self.size)
        counters = torch.stack([columns.column, columns.left, columns.stopping.long()], 1)
        return torch.cat([columns.current(), counters], 1)

    def _spans(self) -> list[int]:
        spans = range(SPAN_MULTIPLE, self._positions + SPAN_MULTIPLE, SPAN_MULTIPLE)
        return [min(span, self._positions) for span in spans]

    def _span(self) -> int:
        longest = max(speaking.positions for speaking in self._speaking)
        return min(-(-longest // SPAN_MULTIPLE) * SPAN_MULTIPLE, self._positions)

    def _read(self, reading: "Reading") -> list[Piece]:
        rows = reading.wait()
        pieces = []
        for slot in reversed(range(self.size)):
            column, left, stopping = rows[slot, CODEBOOKS:].tolist()
            codes = rows[slot, :CODEBOOKS]
            piece = self._speaking[slot].see(codes, column, left, bool(stopping))
            if piece is not None:
                pieces.append(piece)
            if left == 0:
                self._free(slot)
        return pieces[::-1]

    def _shrink(self) -> None:
        """Half as many slots; who was in the batch comes first again, in the same order."""
        joining = [self._joining.speaking] if self._joining is not None else []
        self._waiting.extendleft(reversed([*self._speaking, *joining]))
        self._speaking, self._joining = [], None
        fewer = self.slots // 2
        _log.warning("out of memory: a batch of %d becomes one of %d", self.slots, fewer)
        # the old slots must be gone before there is room for the new ones
        del self._slots, self._steps
        _give_back(self._model.device)
        self._slots, self._steps = self._allocate(fewer)

    def _allocate(self, count: int) -> tuple[Slots, StepRunner]:
        """As many slots as there is memory for, halving. Raises torch.OutOfMemoryError."""
        while True:
            try:
                # plain tensors also when memory ran out in a step: `leave` changes them outside one
                with torch.inference_mode(False):
                    slots = make_slots(self._model, count, self._positions)
            except torch.OutOfMemoryError:
                if count == 1:
                    raise
                _log.warning("no memory for a batch of %d", count)
            else:
                return slots, self._make_steps(self._model, slots)
            count //= 2
            _give_back(self._model.device)


def _give_back(device: torch.device) -> None:
    if device.type == "cuda":
        torch.cuda.empty_cache()


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
        """A copy: pinned memory that somebody keeps must be pinned anew for the next step, for
        which the driver may stop the device."""
        if self._there is not None:
            self._there.synchronize()
        return self._host.clone()
