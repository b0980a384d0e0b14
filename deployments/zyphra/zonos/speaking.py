"""An utterance in a batch, as the host sees it: one column behind the device."""

from collections.abc import Hashable
from dataclasses import dataclass, field

import torch
from torch import Tensor

from deployments.zyphra.zonos.columns import Columns
from deployments.zyphra.zonos.config import CODEBOOKS
from deployments.zyphra.zonos.delay import to_codes
from deployments.zyphra.zonos.generate import Utterance, known_columns


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """The next frames [9, n] of an utterance (those of its audio prefix come first)."""

    key: Hashable
    codes: Tensor
    last: bool


@dataclass(slots=True, eq=False)
class Speaking:
    """``columns`` [9] each, the delayed ones that are known; ``sent`` frames have been given out.

    ``left`` and ``stopping`` are the loop's, as of the last column; ``left`` is None before the
    first step. What is here is enough to go on from, in another slot or another batch.
    """

    key: Hashable
    ask: Utterance
    offset: int
    columns: list[Tensor] = field(init=False)
    sent: int = 0
    left: int | None = None
    stopping: bool = False

    def __post_init__(self) -> None:
        self.columns = list(known_columns(self.ask.audio_prefix.cpu()).unbind(1))

    @property
    def width(self) -> int:
        return self.ask.audio_prefix.shape[1] + self.ask.frames + CODEBOOKS

    @property
    def positions(self) -> int:
        """Those it may have used after the step that comes."""
        return self.offset + len(self.columns) + 2

    def prefilled(self) -> Tensor:
        """The columns [9, n] that stand in the cache before its next step or its first draw."""
        known = torch.stack(self.columns, 1)
        return known if self.left is None else known[:, :-1]

    def restore(self, columns: Columns) -> None:
        """``columns``, fresh ones of this utterance, become what they were at its last column."""
        assert self.left is not None
        known = torch.stack(self.columns, 1)
        columns.cells[0, :, : known.shape[1]] = known.to(columns.cells.device)
        columns.column.fill_(len(self.columns) - 1)
        columns.left.fill_(self.left)
        columns.stopping.fill_(self.stopping)

    def see(self, codes: Tensor, column: int, left: int, stopping: bool) -> Piece | None:
        """Takes note of its last column; gives what has become final with it."""
        self.left, self.stopping = left, stopping
        if len(self.columns) <= column < self.width:
            self.columns.append(codes)
        frames = max(0, column - CODEBOOKS)
        if frames == self.sent and left > 0:
            return None
        fresh = to_codes(torch.stack(self.columns[self.sent : frames + CODEBOOKS], 1))
        self.sent = frames
        return Piece(self.key, fresh, last=left == 0)
