"""The SPADE generator (arXiv:1903.07291), which paints the picture (SPEC 7.4).

This is the plain form, with spectral norms computed at each call, kept as the reference of
``fast_generator``.
"""

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor, nn

from deployments.kdtalker.kdtalker.warping import MAP_CHANNELS

WIDTH, HIDDEN = 512, 128
MIDDLE_BLOCKS = 6
SLOPE = 0.2


class Generator(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Conv2d(MAP_CHANNELS, WIDTH, 3, padding=1)
        for number in range(MIDDLE_BLOCKS):
            self.add_module(f"G_middle_{number}", SpadeBlock(WIDTH, WIDTH))
        self.up_0 = SpadeBlock(WIDTH, WIDTH // 2)
        self.up_1 = SpadeBlock(WIDTH // 2, 64)
        self.conv_img = nn.Sequential(nn.Conv2d(64, 12, 3, padding=1), nn.PixelShuffle(2))

    def forward(self, seen: Tensor) -> Tensor:
        """[B, 256, 64, 64] to pictures [B, 3, 512, 512] in 0..1."""
        x = self.fc(seen)
        for block in self.middle():
            x = block(x, seen)
        x = self.up_0(F.interpolate(x, scale_factor=2), seen)
        x = self.up_1(F.interpolate(x, scale_factor=2), seen)
        return torch.sigmoid(self.conv_img(F.leaky_relu(x, SLOPE)))

    def middle(self) -> list["SpadeBlock"]:
        blocks = (getattr(self, f"G_middle_{number}") for number in range(MIDDLE_BLOCKS))
        return [block for block in blocks if isinstance(block, SpadeBlock)]


class SpadeBlock(nn.Module):
    """Two convolutions behind modulated norms; a third one on the way past if widths differ."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        between = min(inputs, outputs)
        self.conv_0 = SpectralConv(inputs, between, 3)
        self.conv_1 = SpectralConv(between, outputs, 3)
        self.norm_0, self.norm_1 = Spade(inputs), Spade(between)
        self.straight = inputs == outputs
        if not self.straight:
            self.conv_s = SpectralConv(inputs, outputs, 1, bias=False)
            self.norm_s = Spade(inputs)

    def forward(self, x: Tensor, seen: Tensor) -> Tensor:
        y = self.conv_0(F.leaky_relu(self.norm_0(x, seen), SLOPE))
        y = self.conv_1(F.leaky_relu(self.norm_1(y, seen), SLOPE))
        past = x if self.straight else self.conv_s(self.norm_s(x, seen))
        return torch.add(past, y)


class Spade(nn.Module):
    """Normalises each channel of each picture, then scales and shifts it by what ``seen`` shows."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.mlp_shared = nn.Sequential(nn.Conv2d(MAP_CHANNELS, HIDDEN, 3, padding=1), nn.ReLU())
        self.mlp_gamma = nn.Conv2d(HIDDEN, channels, 3, padding=1)
        self.mlp_beta = nn.Conv2d(HIDDEN, channels, 3, padding=1)

    def forward(self, x: Tensor, seen: Tensor) -> Tensor:
        """``x`` [B, C, H, W]; ``seen`` [B, 256, 64, 64], enlarged to H × W."""
        hidden = self.mlp_shared(F.interpolate(seen, size=x.shape[2:]))
        gain: Tensor = 1 + self.mlp_gamma(hidden)
        shift: Tensor = self.mlp_beta(hidden)
        return F.instance_norm(x) * gain + shift


class SpectralConv(nn.Module):
    """A convolution whose weight is divided by its largest singular value (arXiv:1802.05957).

    ``weight_u`` and ``weight_v`` are that value's vectors as training left them.
    """

    weight_u: Tensor
    weight_v: Tensor

    def __init__(self, inputs: int, outputs: int, kernel: int, bias: bool = True) -> None:
        super().__init__()
        self.weight_orig = nn.Parameter(torch.empty(outputs, inputs, kernel, kernel))
        self.bias = nn.Parameter(torch.empty(outputs)) if bias else None
        self.register_buffer("weight_u", torch.empty(outputs))
        self.register_buffer("weight_v", torch.empty(inputs * kernel * kernel))

    def forward(self, x: Tensor) -> Tensor:
        weight = self.weight()
        return F.conv2d(x, weight, self.bias, padding=weight.shape[-1] // 2)

    def weight(self) -> Tensor:
        """What the convolution uses: [outputs, inputs, kernel, kernel]."""
        largest = torch.dot(self.weight_u, torch.mv(self.weight_orig.flatten(1), self.weight_v))
        return self.weight_orig / largest
