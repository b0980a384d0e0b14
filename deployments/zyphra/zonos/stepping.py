"""Decode steps over the slots of a batch: as they are, or as captured CUDA graphs.

Both run the same function on the same tensors. A graph is a recording of its kernels for one shape,
without the host's part: about a thousand launches become one.
"""

import logging
from dataclasses import dataclass
from typing import Protocol

import torch

from deployments.zyphra.zonos.config import CODEBOOKS, EMBEDDED
from deployments.zyphra.zonos.generate import step
from deployments.zyphra.zonos.model import BRANCHES, Zonos, ban_eos, guide
from deployments.zyphra.zonos.noise import exponential
from deployments.zyphra.zonos.sampling import Needs, penalise, sample
from deployments.zyphra.zonos.slots import Slots

_log = logging.getLogger(__name__)

SIZE_MULTIPLE = 16
"""Batches up to this are padded to a power of two, larger ones to a multiple of it."""


@dataclass(frozen=True, slots=True)
class StepShape:
    """What a step depends on besides the values of its tensors: the first ``size`` slots, the first
    ``span`` positions of each, and what their rules need."""

    size: int
    span: int
    needs: Needs


class StepRunner(Protocol):
    def size(self, speaking: int) -> int:
        """How many slots a step for this many utterances runs over."""

    def run(self, shape: StepShape) -> None:
        """One step, in place. Nothing in it waits for the device."""


def decode(model: Zonos, slots: Slots, shape: StepShape) -> None:
    """One step of the first slots: logits, guidance, penalty, draw, and the columns moved on."""
    columns = slots.columns.window(shape.size)
    rules = slots.rules.first(shape.size, shape.needs)
    cache = slots.cache.window(0, BRANCHES * shape.size, shape.span)
    positions = columns.column + slots.offsets[: shape.size]
    logits = guide(step(model, columns, positions, cache), slots.scales[: shape.size])
    logits = penalise(ban_eos(logits), *columns.history(rules.window), rules)
    noise = exponential(slots.seeds[: shape.size], columns.column, CODEBOOKS, EMBEDDED)
    columns.advance(sample(logits, rules, noise))


def padded(speaking: int, most: int) -> int:
    """The next size that graphs are captured for, no more than ``most``."""
    if speaking > SIZE_MULTIPLE:
        return min(-(-speaking // SIZE_MULTIPLE) * SIZE_MULTIPLE, most)
    return min(1 << (speaking - 1).bit_length(), most)


class EagerSteps:
    """``pad`` runs over the slots that a graph would run over."""

    def __init__(self, model: Zonos, slots: Slots, pad: bool = False) -> None:
        self._model, self._slots, self._pad = model, slots, pad

    def size(self, speaking: int) -> int:
        return padded(speaking, self._slots.count) if self._pad else speaking

    def run(self, shape: StepShape) -> None:
        decode(self._model, self._slots, shape)


class GraphSteps:
    """A graph for each shape, captured when the shape comes for the first time."""

    def __init__(self, model: Zonos, slots: Slots) -> None:
        self._model, self._slots = model, slots
        self._graphs: dict[StepShape, torch.cuda.CUDAGraph] = {}
        # one graph runs at a time, so all of them may use the same memory for what is in between
        self._pool = torch.cuda.graph_pool_handle()

    def size(self, speaking: int) -> int:
        return padded(speaking, self._slots.count)

    def run(self, shape: StepShape) -> None:
        graph = self._graphs.get(shape)
        if graph is not None:
            graph.replay()
            return
        # capturing runs nothing: the step itself is made here, which also loads its kernels
        decode(self._model, self._slots, shape)
        self._graphs[shape] = self._capture(shape)

    def _capture(self, shape: StepShape) -> torch.cuda.CUDAGraph:
        graph = torch.cuda.CUDAGraph()
        # the codec may be allocating in another thread meanwhile
        with torch.cuda.graph(graph, pool=self._pool, capture_error_mode="thread_local"):
            decode(self._model, self._slots, shape)
        return graph


def make_steps(model: Zonos, slots: Slots) -> StepRunner:
    """Where there is a GPU: compiled layers if it can compile them, in graphs."""
    if model.device.type != "cuda":
        return EagerSteps(model, slots)
    model.backbone.compile_steps()
    _log.info("steps in CUDA graphs, their layers %s", model.backbone.step_form)
    return GraphSteps(model, slots)
