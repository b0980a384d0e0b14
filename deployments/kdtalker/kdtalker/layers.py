"""What several of the nets are made of, and the folding of norms into convolutions."""

from typing import ClassVar

import torch
from torch import Tensor, nn


class ConvNorm(nn.Module):
    """Convolution, batch norm, ReLU. ``dims`` is 2 or 3; the size stays."""

    FOLDS: ClassVar = (("conv", "norm"),)

    def __init__(self, inputs: int, outputs: int, kernel: int = 3, dims: int = 2) -> None:
        super().__init__()
        conv, norm = (nn.Conv2d, nn.BatchNorm2d) if dims == 2 else (nn.Conv3d, nn.BatchNorm3d)
        self.conv: nn.Conv2d | nn.Conv3d = conv(inputs, outputs, kernel, padding=kernel // 2)
        self.norm = norm(outputs)

    def forward(self, x: Tensor) -> Tensor:
        return torch.relu(self.norm(self.conv(x)))


@torch.no_grad()
def fold_norms(net: nn.Module) -> None:
    """Makes each batch norm behind a convolution part of that convolution, in place.

    Exact up to rounding in evaluation, where a batch norm is one gain and shift a channel. Modules
    name such pairs, (convolution, norm), in ``FOLDS``.
    """
    for module in net.modules():
        for conv_name, norm_name in getattr(type(module), "FOLDS", ()):
            conv, norm = module.get_submodule(conv_name), module.get_submodule(norm_name)
            if isinstance(conv, nn.Conv2d | nn.Conv3d) and isinstance(
                norm, nn.BatchNorm2d | nn.BatchNorm3d
            ):
                _fold(conv, norm)
                module.set_submodule(norm_name, nn.Identity())


def gain_and_shift(norm: nn.BatchNorm2d | nn.BatchNorm3d) -> tuple[Tensor, Tensor]:
    """The norm as ``x * gain + shift``, each [channels], in double precision."""
    assert norm.running_mean is not None
    assert norm.running_var is not None
    gain = norm.weight.double() / torch.sqrt(norm.running_var.double() + norm.eps)
    return gain, norm.bias.double() - norm.running_mean.double() * gain


def _fold(conv: nn.Conv2d | nn.Conv3d, norm: nn.BatchNorm2d | nn.BatchNorm3d) -> None:
    gain, shift = gain_and_shift(norm)
    assert conv.bias is not None
    weight = conv.weight.double() * gain.view(-1, *[1] * (conv.weight.dim() - 1))
    bias = conv.bias.double() * gain + shift
    conv.weight = nn.Parameter(weight.to(conv.weight.dtype), requires_grad=False)
    conv.bias = nn.Parameter(bias.to(conv.bias.dtype), requires_grad=False)
