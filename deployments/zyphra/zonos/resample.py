"""Resampling as torchaudio's ``sinc_interp_hann`` does it (SPEC 9.2), without torchaudio."""

import math

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor

WIDTH = 6
"""Zero crossings of the sinc on either side."""
ROLLOFF = 0.99


def resample(
    wave: Tensor, rate: int, wanted: int, precision: torch.dtype = torch.float64
) -> Tensor:
    """``wave`` [..., samples] at ``rate`` hertz, at ``wanted`` hertz.

    ``precision`` is what the kernel is computed in before it is cast to the wave's.
    """
    if rate == wanted:
        return wave
    common = math.gcd(rate, wanted)
    old, new = rate // common, wanted // common
    kernel, reach = _kernel(old, new, precision)
    flat = F.pad(wave.reshape(-1, 1, wave.shape[-1]), (reach, reach + old))
    phases = F.conv1d(flat, kernel.to(wave.device, wave.dtype), stride=old)
    count = -(-new * wave.shape[-1] // old)
    whole = phases.transpose(1, 2).flatten(1)[:, :count]
    return whole.reshape(*wave.shape[:-1], count)


def _kernel(old: int, new: int, precision: torch.dtype) -> tuple[Tensor, int]:
    """One filter for each of the ``new`` phases [new, 1, taps], and how far they reach back."""
    cutoff = ROLLOFF * min(old, new)
    reach = math.ceil(WIDTH * old / cutoff)
    taps = torch.arange(-reach, reach + old, dtype=precision) / old
    phases = torch.arange(0, -new, -1, dtype=precision)[:, None, None] / new
    t = ((phases + taps) * cutoff).clamp(-WIDTH, WIDTH)
    window = torch.cos(t * math.pi / WIDTH / 2) ** 2
    angle = t * math.pi
    sinc = torch.where(angle == 0, 1.0, angle.sin() / angle)
    return sinc * window * (cutoff / old), reach
