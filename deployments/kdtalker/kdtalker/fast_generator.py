"""The generator as it is run: the same picture for less work (SPEC 10).

Spectral norms are part of the weights; gains and shifts of a norm come from one convolution, the
hidden maps of all norms of one size from another; norms that read the same map share its
statistics; hidden maps are computed before enlargement.
"""

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor, nn

from deployments.kdtalker.kdtalker.generator import (
    HIDDEN,
    MIDDLE_BLOCKS,
    SLOPE,
    Generator,
    Spade,
    SpadeBlock,
    SpectralConv,
)
from deployments.kdtalker.kdtalker.upsampled import UpsampledConv


class FastGenerator(nn.Module):
    """Takes its weights from ``plain``; shares those it does not change."""

    def __init__(self, plain: Generator) -> None:
        super().__init__()
        self.fc = plain.fc
        self.hidden = _stacked([n.mlp_shared[0] for b in plain.middle() for n in _norms(b)])
        self.middle = nn.ModuleList(FastBlock(block) for block in plain.middle())
        self.hidden_0 = _hidden_before(plain.up_0, 2)
        self.hidden_1 = _hidden_before(plain.up_1, 4)
        self.up_0, self.up_1 = FastBlock(plain.up_0), FastBlock(plain.up_1)
        self.conv_img = plain.conv_img

    def forward(self, seen: Tensor) -> Tensor:
        """[B, 256, 64, 64] to pictures [B, 3, 512, 512] in 0..1."""
        x = self.fc(seen)
        hidden = torch.chunk(torch.relu(self.hidden(seen)), MIDDLE_BLOCKS, 1)
        for block, its in zip(self.middle, hidden, strict=True):
            x = block(x, its)
        x = self.up_0(x, torch.relu_(self.hidden_0(seen)), times=2)
        x = self.up_1(x, torch.relu_(self.hidden_1(seen)), times=2)
        return torch.sigmoid(self.conv_img(F.leaky_relu_(x, SLOPE)))


class FastBlock(nn.Module):
    def __init__(self, plain: SpadeBlock) -> None:
        super().__init__()
        self.conv_0, self.conv_1 = _folded(plain.conv_0), _folded(plain.conv_1)
        self.norm_0, self.norm_1 = Modulation(plain.norm_0), Modulation(plain.norm_1)
        self.straight = plain.straight
        if not self.straight:
            self.conv_s, self.norm_s = _folded(plain.conv_s), Modulation(plain.norm_s)

    def forward(self, x: Tensor, hidden: Tensor, times: int = 1) -> Tensor:
        """``x`` [B, C, H, W] is enlarged ``times``; ``hidden`` are the maps of its norms."""
        maps = torch.split(hidden, HIDDEN, 1)
        even = _enlarged(F.instance_norm(x), times)
        y = self.conv_0(F.leaky_relu_(self.norm_0(even, maps[0]), SLOPE))
        y = self.norm_1(F.instance_norm(y), maps[1])
        y = self.conv_1(F.leaky_relu_(y, SLOPE))
        past = x if self.straight else self.conv_s(self.norm_s(even, maps[2]))
        return torch.add(y, past)


class Modulation(nn.Module):
    """Gain and shift of a normalised map, from one convolution of the hidden map."""

    def __init__(self, plain: Spade) -> None:
        super().__init__()
        self.both = _stacked([plain.mlp_gamma, plain.mlp_beta])
        assert self.both.bias is not None
        # gains are about one
        self.both.bias[: plain.mlp_gamma.out_channels] += 1

    def forward(self, even: Tensor, hidden: Tensor) -> Tensor:
        gain, shift = torch.chunk(self.both(hidden), 2, 1)
        return torch.addcmul(shift, even, gain)


def _norms(block: SpadeBlock) -> list[Spade]:
    """In the order in which ``FastBlock`` splits their hidden maps."""
    norms = [block.norm_0, block.norm_1]
    return norms if block.straight else [*norms, block.norm_s]


def _hidden_before(block: SpadeBlock, times: int) -> UpsampledConv:
    return UpsampledConv(_stacked([norm.mlp_shared[0] for norm in _norms(block)]), times)


def _stacked(convs: list[nn.Module]) -> nn.Conv2d:
    """One convolution in place of several that read the same map."""
    plain = [conv for conv in convs if isinstance(conv, nn.Conv2d)]
    weight = torch.cat([conv.weight for conv in plain])
    bias = torch.cat([conv.bias for conv in plain if conv.bias is not None])
    return _conv(weight, bias)


def _folded(plain: SpectralConv) -> nn.Conv2d:
    return _conv(plain.weight(), plain.bias)


def _conv(weight: Tensor, bias: Tensor | None) -> nn.Conv2d:
    outputs, inputs, kernel, _ = weight.shape
    with torch.device("meta"):
        conv = nn.Conv2d(inputs, outputs, kernel, padding=kernel // 2, bias=bias is not None)
    conv.weight = nn.Parameter(weight, requires_grad=False)
    conv.bias = None if bias is None else nn.Parameter(bias, requires_grad=False)
    return conv


def _enlarged(x: Tensor, times: int) -> Tensor:
    return x if times == 1 else F.interpolate(x, scale_factor=times)
