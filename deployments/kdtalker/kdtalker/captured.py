"""A function of tensors whose kernels are recorded once and then replayed.

Launching thousands of small kernels takes longer than running them; a recorded graph is launched
as one. It reads its inputs where they lay when it was recorded, so they are copied there first.
"""

from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock

import torch
from torch import Tensor

WARM_UPS = 2
"""Runs before recording: libraries choose their algorithms and take their memory then."""

Function = Callable[..., Tensor]
Replay = Callable[[], Tensor]
Record = Callable[[Replay], Replay]
"""Takes what has to be done, gives what does it again and returns where its result lies."""


def record_graph(work: Replay) -> Replay:
    """As a CUDA graph of the current device."""
    side = torch.cuda.Stream()  # type: ignore[no-untyped-call]
    side.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(side):
        for _ in range(WARM_UPS):
            work()
    torch.cuda.current_stream().wait_stream(side)
    graph = torch.cuda.CUDAGraph()
    # other scenes go on meanwhile, in their own threads
    with torch.cuda.graph(graph, capture_error_mode="thread_local"):
        result = work()

    def replay() -> Tensor:
        graph.replay()
        return result

    return replay


def rerun(work: Replay) -> Replay:
    """Where nothing can be recorded: the same buffers, the work done again."""
    return work


@dataclass(frozen=True, slots=True, eq=False)
class _Recording:
    inputs: tuple[Tensor, ...]
    replay: Replay


class Captured:
    """``function`` must depend on nothing but its inputs and do the same for any values of them.
    Recorded once for each set of shapes."""

    def __init__(self, function: Function, record: Record = record_graph) -> None:
        self._function, self._record = function, record
        self._recordings: dict[tuple[torch.Size, ...], _Recording] = {}
        self._lock = Lock()

    @torch.inference_mode()
    def __call__(self, *inputs: Tensor) -> Tensor:
        shapes = tuple(each.shape for each in inputs)
        with self._lock:
            if shapes not in self._recordings:
                self._recordings[shapes] = self._recorded(inputs)
            recording = self._recordings[shapes]
            for buffer, each in zip(recording.inputs, inputs, strict=True):
                buffer.copy_(each)
            return recording.replay().clone()

    def forget(self) -> None:
        """Gives the memory of all recordings back."""
        with self._lock:
            self._recordings.clear()

    def _recorded(self, inputs: tuple[Tensor, ...]) -> _Recording:
        buffers = tuple(each.clone(memory_format=torch.contiguous_format) for each in inputs)
        return _Recording(buffers, self._record(lambda: self._function(*buffers)))
