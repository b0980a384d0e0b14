"""What the fast nets are made of computes what the plain layers compute."""

from collections.abc import Iterator

import pytest
import torch
import torch.nn.functional as F  # noqa: N812
from torch import nn

from deployments.kdtalker.kdtalker.dense_motion import heatmaps as plain_heatmaps
from deployments.kdtalker.kdtalker.dense_motion import sampled_each, sparse_motions
from deployments.kdtalker.kdtalker.fast_generator import FastBlock
from deployments.kdtalker.kdtalker.fast_warping import heatmaps, shifted
from deployments.kdtalker.kdtalker.generator import SpadeBlock
from deployments.kdtalker.kdtalker.layers import ConvNorm, fold_norms
from deployments.kdtalker.kdtalker.sliced import SlicedConv
from deployments.kdtalker.kdtalker.upsampled import UpsampledConv


@pytest.fixture(autouse=True)
def _the_same_numbers_each_time() -> Iterator[None]:
    torch.manual_seed(0)
    with torch.no_grad():
        yield


def stirred(net: nn.Module) -> nn.Module:
    """No weight or statistic is zero or one any more."""
    for tensor in [*net.parameters(), *net.buffers()]:
        if tensor.is_floating_point():
            tensor.copy_(torch.rand_like(tensor) * 0.5 + 0.25)
    return net.eval()


@pytest.mark.parametrize("dims", [2, 3])
def test_folded_norms_change_nothing_but_the_work(dims: int) -> None:
    net = stirred(ConvNorm(3, 5, dims=dims))
    x = torch.randn(2, 3, *[6] * dims)
    before = net(x)
    fold_norms(net)
    assert not [module for module in net.modules() if isinstance(module, nn.BatchNorm2d)]
    torch.testing.assert_close(net(x), before)


@pytest.mark.parametrize("times", [2, 4, 5])
def test_a_convolution_before_enlarging_equals_one_behind_it(times: int) -> None:
    conv = nn.Conv2d(3, 7, 3, padding=1)
    x = torch.randn(2, 3, 6, 5)
    large = conv(F.interpolate(x, scale_factor=times))
    torch.testing.assert_close(UpsampledConv(conv, times)(x), large)


def test_a_volume_is_enlarged_in_height_and_width_only() -> None:
    conv = nn.Conv3d(3, 4, 3, padding=1)
    x = torch.randn(2, 3, 4, 5, 6)
    large = conv(F.interpolate(x, scale_factor=(1, 2, 2)))
    torch.testing.assert_close(UpsampledConv(conv, 2)(x), large)


def test_a_deep_kernel_in_slices_is_the_same_kernel() -> None:
    conv = nn.Conv3d(3, 5, 7, padding=3)
    x = torch.randn(2, 3, 9, 8, 8)
    torch.testing.assert_close(SlicedConv(conv)(x), conv(x), atol=1e-5, rtol=1e-5)


def test_gaussians_are_the_product_of_three() -> None:
    points = torch.rand(2, 21, 3) * 2.4 - 1.2
    torch.testing.assert_close(heatmaps(points), plain_heatmaps(points), atol=1e-6, rtol=0)


def test_gaussians_hold_no_denormal_numbers() -> None:
    heat = heatmaps(torch.rand(1, 21, 3) * 2 - 1)
    assert heat[heat > 0].min() > torch.finfo(torch.float32).tiny


def test_shifts_by_matrices_sample_as_grids_do() -> None:
    driving, source = torch.rand(2, 2, 21, 3) * 1.6 - 0.8
    volume = torch.randn(2, 4, 16, 64, 64)
    there = sampled_each(volume, sparse_motions(driving, source))
    ours = shifted(volume, F.pad(source - driving, (0, 0, 1, 0)))
    torch.testing.assert_close(ours, there, atol=1e-4, rtol=0)


@pytest.mark.parametrize("outputs", [24, 8])
def test_a_fast_spade_block_is_the_plain_one(outputs: int) -> None:
    plain = stirred(SpadeBlock(24, outputs))
    assert isinstance(plain, SpadeBlock)
    x, seen = torch.randn(2, 24, 8, 8), torch.randn(2, 256, 4, 4)
    norms = [plain.norm_0, plain.norm_1, *([] if plain.straight else [plain.norm_s])]
    hidden = torch.cat([n.mlp_shared(F.interpolate(seen, scale_factor=4)) for n in norms], 1)
    large = F.interpolate(x, scale_factor=2)
    expected = plain(large, seen)
    if plain.straight:
        ours = FastBlock(plain)(large, hidden)
    else:
        ours = FastBlock(plain)(x, hidden, times=2)
    torch.testing.assert_close(ours, expected, atol=1e-3, rtol=1e-3)
