"""The delay pattern (SPEC section 3): codebook k of a frame stands k + 1 columns later."""

import torch
from torch import Tensor

from deployments.zyphra.zonos.config import CODES, MASK

UNKNOWN = -1
"""A cell that is still to be drawn."""


def delay(codes: Tensor) -> Tensor:
    """Codes [..., codebooks, frames] -> columns [..., codebooks, frames + codebooks].

    Cells that no frame reaches are MASK; the first column is all MASK.
    """
    codebooks, frames = codes.shape[-2:]
    delayed = codes.new_full((*codes.shape[:-1], frames + codebooks), MASK)
    for k in range(codebooks):
        delayed[..., k, k + 1 : k + 1 + frames] = codes[..., k, :]
    return delayed


def undelay(columns: Tensor) -> Tensor:
    """Columns [..., codebooks, n] -> codes [..., codebooks, n - codebooks]."""
    codebooks, count = columns.shape[-2:]
    frames = count - codebooks
    lines = [columns[..., k, k + 1 : k + 1 + frames] for k in range(codebooks)]
    return torch.stack(lines, -2)


def to_codes(columns: Tensor) -> Tensor:
    """The codes of finished columns; a cell that holds no code (SPEC 7.4) becomes 0."""
    codes = undelay(columns)
    return torch.where(codes >= CODES, 0, codes)
