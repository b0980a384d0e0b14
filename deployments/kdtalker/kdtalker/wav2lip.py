"""Wav2Lip's audio encoder: a window of mel spectrogram to 512 numbers (SPEC 3)."""

from typing import ClassVar

import torch
from torch import Tensor, nn

_Stride = int | tuple[int, int]
# inputs, outputs, kernel, stride (frequency, time), padding
_BLOCKS: tuple[tuple[int, int, int, _Stride, int], ...] = (
    (1, 32, 3, 1, 1),
    (32, 32, 3, 1, 1),
    (32, 32, 3, 1, 1),
    (32, 64, 3, (3, 1), 1),
    (64, 64, 3, 1, 1),
    (64, 64, 3, 1, 1),
    (64, 128, 3, 3, 1),
    (128, 128, 3, 1, 1),
    (128, 128, 3, 1, 1),
    (128, 256, 3, (3, 2), 1),
    (256, 256, 3, 1, 1),
    (256, 512, 3, 1, 0),
    (512, 512, 1, 1, 0),
)


class AudioEncoder(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.audio_encoder = nn.Sequential(*(_Block(*shape) for shape in _BLOCKS))

    def forward(self, windows: Tensor) -> Tensor:
        """[T, 80, 16] to [T, 512], none negative."""
        return torch.flatten(self.audio_encoder(windows[:, None]), 1)


class _Block(nn.Module):
    FOLDS: ClassVar = (("conv_block.0", "conv_block.1"),)

    def __init__(
        self, inputs: int, outputs: int, kernel: int, stride: _Stride, padding: int
    ) -> None:
        super().__init__()
        conv = nn.Conv2d(inputs, outputs, kernel, stride, padding)
        self.conv_block = nn.Sequential(conv, nn.BatchNorm2d(outputs))
        self._residual = inputs == outputs and kernel == 3

    def forward(self, x: Tensor) -> Tensor:
        y = self.conv_block(x)
        return torch.relu(y + x if self._residual else y)
