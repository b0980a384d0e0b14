"""The generate loop's state (SPEC section 7), for a batch of utterances and on the device.

Every utterance is at its own column and stops by itself; a step changes tensors in place and asks
nothing of the host.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from deployments.zyphra.zonos.config import CODEBOOKS, EOS, MASK
from deployments.zyphra.zonos.delay import UNKNOWN, delay, to_codes

FLUSH = CODEBOOKS
"""Steps from the end-of-speech on: its own, and one for each of the other codebooks."""


@dataclass(frozen=True, slots=True)
class Columns:
    """Delayed matrices ``cells`` [batch, 9, columns], UNKNOWN where a draw belongs.

    Per utterance [batch]: ``column``, the last one written; ``left``, steps still to be made;
    ``stopping``, whether its end-of-speech has come.
    """

    cells: Tensor
    column: Tensor
    left: Tensor
    stopping: Tensor

    def window(self, count: int) -> "Columns":
        """A view of the first ``count`` utterances."""
        return Columns(
            self.cells[:count], self.column[:count], self.left[:count], self.stopping[:count]
        )

    def put(self, index: int, other: "Columns", place: int = 0) -> None:
        """Utterance ``place`` of ``other``, whose cells are at most as many, becomes ``index``."""
        self.cells[index] = MASK
        self.cells[index, :, : other.cells.shape[2]] = other.cells[place]
        self.column[index] = other.column[place]
        self.left[index] = other.left[place]
        self.stopping[index] = other.stopping[place]

    def clear(self, index: int) -> None:
        """Utterance ``index`` becomes one that has ended before it began."""
        self.column[index] = 0
        self.left[index] = 0
        self.stopping[index] = False

    def current(self) -> Tensor:
        """The codes of each utterance's last column [batch, 9]."""
        return self.cells.gather(2, self._at(self.column)).squeeze(2)

    def history(self, window: int) -> tuple[Tensor, Tensor]:
        """The last ``window`` columns: codes [batch, 9, window], newest last, and whether there
        is such a column [batch, 1, window]."""
        back = torch.arange(1 - window, 1, device=self.cells.device)
        columns = self.column[:, None] + back
        index = columns.clamp(min=0)[:, None].expand(-1, CODEBOOKS, -1)
        return self.cells.gather(2, index), (columns >= 0)[:, None]

    def begin(self, draws: Tensor) -> None:
        """Takes the draw of the prefill [batch, 9]; an EOS in it is a code like any other."""
        self.column.add_(1)
        self._write(draws, torch.ones_like(self.stopping))

    def advance(self, draws: Tensor) -> None:
        """Takes the draw of a step [batch, 9]. Finished utterances stay as they are."""
        active = self.left > 0
        self.column.add_(active)
        ended = active & (draws[:, 0] == EOS)
        self.left.copy_(torch.where(ended, self.left.clamp(max=FLUSH), self.left))
        self.stopping.logical_or_(ended)
        self._write(self._flushed(draws), active)
        self.left.sub_(active.to(self.left.dtype))

    def frames(self) -> Tensor:
        """How many frames of each utterance are whole and will stay [batch], its prefix included.
        When ``left`` is 0 these are all."""
        return (self.column - CODEBOOKS).clamp(min=0)

    def codes(self, index: int) -> Tensor:
        """The frames of utterance ``index`` so far [9, frames]."""
        column = int(self.column[index])
        return to_codes(self.cells[index, :, : max(column, CODEBOOKS)])

    def _flushed(self, draws: Tensor) -> Tensor:
        """While an utterance stops, EOS goes down the codebooks one a step, MASK behind it."""
        turn = (FLUSH - self.left).clamp(max=CODEBOOKS - 1)[:, None]
        codebook = torch.arange(CODEBOOKS, device=draws.device)
        flushed = torch.where(codebook == turn, EOS, draws)
        flushed = torch.where(codebook < turn, MASK, flushed)
        return torch.where(self.stopping[:, None], flushed, draws)

    def _write(self, draws: Tensor, active: Tensor) -> None:
        """Only into UNKNOWN cells, each codebook its own draw: the tail stays aligned."""
        at = self._at(self.column)
        cells = self.cells.gather(2, at).squeeze(2)
        within = active & (self.column < self.cells.shape[2])
        wanted = (cells == UNKNOWN) & within[:, None]
        self.cells.scatter_(2, at, torch.where(wanted, draws, cells)[..., None])

    def _at(self, column: Tensor) -> Tensor:
        last = self.cells.shape[2] - 1
        return column.clamp(max=last)[:, None, None].expand(-1, CODEBOOKS, 1)


def start_columns(prefixes: Sequence[Tensor], frames: Sequence[int]) -> Columns:
    """For utterances with audio prefixes [9, P_i] (perhaps empty) and at most ``frames[i]`` more.

    Shorter utterances are filled up with MASK, which changes nothing.
    """
    device = prefixes[0].device
    lines = [_cells(*pair) for pair in zip(prefixes, frames, strict=True)]
    width = max(line.shape[1] for line in lines)
    cells = torch.full((len(lines), CODEBOOKS, width), MASK, device=device)
    for row, line in zip(cells, lines, strict=True):
        row[:, : line.shape[1]] = line
    return Columns(
        cells=cells,
        column=torch.tensor([prefix.shape[1] for prefix in prefixes], device=device),
        left=torch.tensor([count + CODEBOOKS - 1 for count in frames], device=device),
        stopping=torch.zeros(len(lines), device=device, dtype=torch.bool),
    )


def empty_columns(batch: int, count: int, device: torch.device) -> Columns:
    """Room for ``batch`` utterances of up to ``count`` columns, all of them finished."""
    return Columns(
        cells=torch.full((batch, CODEBOOKS, count), MASK, device=device),
        column=torch.zeros(batch, device=device, dtype=torch.long),
        left=torch.zeros(batch, device=device, dtype=torch.long),
        stopping=torch.zeros(batch, device=device, dtype=torch.bool),
    )


def _cells(prefix: Tensor, frames: int) -> Tensor:
    unknown = torch.full((CODEBOOKS, frames), UNKNOWN, device=prefix.device, dtype=torch.long)
    return delay(torch.cat([prefix.long(), unknown], 1))
