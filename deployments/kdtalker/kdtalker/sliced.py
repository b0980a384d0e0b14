"""Deep kernels as flat ones (SPEC 10)."""

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor, nn


class SlicedConv(nn.Module):
    """A volume's convolution, slice by slice: kernels of one depth in two dimensions, then a sum
    of shifted slices. Few outputs of a deep kernel become many of a flat one, which suits matrix
    units better. ``conv`` is padded to keep the size."""

    def __init__(self, conv: nn.Conv3d) -> None:
        super().__init__()
        self._depth = conv.kernel_size[0]
        flat = conv.weight.transpose(1, 2).flatten(0, 1)
        order = torch.arange(len(flat)).view(-1, self._depth).T.flatten()
        self.register_buffer("weight", flat[order].contiguous())
        self.bias = conv.bias

    def forward(self, x: Tensor) -> Tensor:
        """[B, C, D, H, W] to [B, C', D, H, W]."""
        batch, _, slices, height, width = x.shape
        half = self._depth // 2
        flat = x.transpose(1, 2).flatten(0, 1)
        parts = F.conv2d(flat, self.get_buffer("weight"), padding=half)
        parts = parts.view(batch, slices, self._depth, -1, height, width)
        total = parts[:, :, half] + torch.as_tensor(self.bias)[:, None, None]
        for tap in range(self._depth):
            away = tap - half
            if away:
                low, high = max(0, -away), min(slices, slices - away)
                total[:, low:high] += parts[:, low + away : high + away, tap]
        return total.transpose(1, 2)
