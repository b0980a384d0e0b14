"""The speaker encoder's features (SPEC 9.3): 80 log-mel bands of 16 kHz sound, less their means."""

from functools import cache

import torch
from torch import Tensor

SAMPLE_RATE = 16_000
BANDS = 80
FFT, WINDOW, HOP = 512, 400, 160
FLOOR = 1e-6


def log_mel(wave: Tensor) -> Tensor:
    """``wave`` [batch, samples] at 16 kHz -> features [batch, 80, 1 + samples // 160]."""
    features = (mel_power(wave) + FLOOR).log()
    return features - features.mean(-1, keepdim=True)


def mel_power(wave: Tensor) -> Tensor:
    """Energies in mel bands [batch, 80, frames]."""
    spectrum = torch.stft(
        wave,
        FFT,
        hop_length=HOP,
        win_length=WINDOW,
        window=torch.hann_window(WINDOW, device=wave.device, dtype=wave.dtype),
        center=True,
        pad_mode="reflect",
        return_complex=True,
    )
    power = spectrum.abs() ** 2
    return mel_filters().to(wave).T @ power


@cache
def mel_filters() -> Tensor:
    """Triangles on the HTK mel scale, 0 to 8000 Hz, without area norm [257, 80]."""
    frequencies = torch.linspace(0, SAMPLE_RATE / 2, FFT // 2 + 1)
    top = float(_mel(torch.tensor(SAMPLE_RATE / 2, dtype=torch.float64)))
    corners = _hertz(torch.linspace(0, top, BANDS + 2))
    widths = corners[1:] - corners[:-1]
    slopes = corners - frequencies[:, None]
    rising, falling = -slopes[:, :-2] / widths[:-1], slopes[:, 2:] / widths[1:]
    return torch.minimum(rising, falling).clamp(min=0)


def _mel(hertz: Tensor) -> Tensor:
    return 2595 * torch.log10(1 + hertz / 700)


def _hertz(mel: Tensor) -> Tensor:
    return 700 * (10 ** (mel / 2595) - 1)
