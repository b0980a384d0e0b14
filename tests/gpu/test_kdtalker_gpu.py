"""KDTalker on a GPU: recorded kernels, half precision and mixed batches against float32 one by one.

Needs torch and NumPy only: ``pytest --noconftest tests/gpu/test_kdtalker_gpu.py``
"""

from collections.abc import Iterator

import numpy as np
import pytest
import torch
from torch import Tensor

from deployments.kdtalker.kdtalker import loading
from deployments.kdtalker.kdtalker.captured import Captured, record_graph
from deployments.kdtalker.kdtalker.ddim import FRAMES, Sampler, window_noise
from deployments.kdtalker.kdtalker.drawing import Drawing
from deployments.kdtalker.kdtalker.fast_warping import Source
from deployments.kdtalker.kdtalker.point import AUDIO_WIDTH, NUMBERS
from deployments.kdtalker.kdtalker.renderer import Renderer, as_bytes
from deployments.kdtalker.kdtalker.standin import read_rules, standin_net

pytestmark = [
    pytest.mark.gpu,
    pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no GPU"),
]
GPU = torch.device("cuda")
DECIBELS = 35.0


@pytest.fixture(autouse=True, scope="module")
def _whole_float32() -> Iterator[None]:
    """Without TF32, which keeps ten bits."""
    before = torch.backends.cudnn.allow_tf32
    torch.backends.cudnn.allow_tf32 = False
    yield
    torch.backends.cudnn.allow_tf32 = before


def renderer(dtype: torch.dtype = torch.float32) -> Renderer:
    rules = read_rules()
    files = (loading.APPEARANCE, loading.WARPING, loading.GENERATOR)
    appearance, warping, generator = (standin_net(file, 0, rules).to(GPU) for file in files)
    return Renderer(appearance, warping, generator, dtype, torch.channels_last)


def scenes(nets: Renderer) -> tuple[list[Source], Tensor]:
    """Three portraits, and five frames of each."""
    random = torch.Generator().manual_seed(0)
    pictures = torch.rand(3, 1, 3, 256, 256, generator=random).to(GPU)
    rest = torch.randn(3, 1, 21, 3, generator=random).to(GPU) / 3
    moved = torch.randn(3, 5, 21, 3, generator=random).to(GPU) / 30
    return [nets.source(p, at) for p, at in zip(pictures, rest, strict=True)], rest + moved


def one_by_one(nets: Renderer) -> np.ndarray:
    sources, driving = scenes(nets)
    frames = [
        as_bytes(nets.render(source, keypoints))
        for source, its in zip(sources, driving, strict=True)
        for keypoints in its.split(1)
    ]
    return torch.cat(frames).cpu().numpy()


def recorded(nets: Renderer, batch: int) -> np.ndarray:
    """Frames of all three portraits in the batches of one drawing, mixed."""
    sources, driving = scenes(nets)
    drawing = Drawing(nets, batch, record=record_graph)
    drawing.warm_up(sources[0])
    taken = [drawing.frames(s, [d]) for s, d in zip(sources, driving, strict=True)]
    firsts = [next(frames) for frames in taken]
    rests = [[first, *frames] for first, frames in zip(firsts, taken, strict=True)]
    drawing.close()
    return np.stack([frame for scene in rests for frame in scene])


@pytest.mark.parametrize("batch", [1, 4, 6])
def test_recorded_batches_are_the_frames_one_by_one(batch: int) -> None:
    nets = renderer()
    off = np.abs(recorded(nets, batch).astype(int) - one_by_one(nets))
    assert off.max() <= 2
    assert (off > 0).mean() < 0.02


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
def test_half_precision_paints_the_same_picture(dtype: torch.dtype) -> None:
    off = recorded(renderer(dtype), 6).astype(float) - one_by_one(renderer())
    assert 10 * np.log10(255**2 / np.square(off).mean()) >= DECIBELS


def test_recorded_windows_are_those_launched_step_by_step() -> None:
    sampler = Sampler(standin_net(loading.POINT, 0, read_rules()).to(GPU))
    captured = Captured(sampler.sample, record_graph)
    random = torch.Generator().manual_seed(0)
    for batch in (1, 3, 1):
        noise = torch.cat([window_noise(batch, number) for number in range(batch)]).to(GPU)
        tokens = torch.randn(2, batch, NUMBERS, generator=random).to(GPU)
        heard = torch.rand(batch, FRAMES, AUDIO_WIDTH, generator=random).to(GPU)
        plain = sampler.sample(*tokens, heard, noise)
        torch.testing.assert_close(captured(*tokens, heard, noise), plain, atol=1e-3, rtol=1e-3)


def test_a_full_gpu_halves_the_batch_and_goes_on() -> None:
    nets = renderer()
    (source, *_), driving = scenes(nets)
    drawing = Drawing(nets, 64)
    torch.cuda.empty_cache()
    free, whole = torch.cuda.mem_get_info()
    held = torch.cuda.memory_reserved()
    # room for a few frames beyond what is held
    torch.cuda.set_per_process_memory_fraction(min(1.0, (held + min(free, 6 << 30)) / whole))
    try:
        frames = list(drawing.frames(source, [driving[0].repeat(26, 1, 1)]))
    finally:
        torch.cuda.set_per_process_memory_fraction(1.0)
        drawing.close()
    assert len(frames) == 130
    assert drawing.most < 64
