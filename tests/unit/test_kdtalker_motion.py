"""Motion: as many frames as sound, smoothed as it streams, from the portrait's own pose."""

import tracemalloc
from collections.abc import Iterator

import numpy as np
import pytest
import torch
from torch import Tensor

from deployments.kdtalker.kdtalker.audio import SAMPLE_RATE, load_voice
from deployments.kdtalker.kdtalker.ddim import window_noise
from deployments.kdtalker.kdtalker.keypoints import Pose, rotation
from deployments.kdtalker.kdtalker.motion import Driving, MotionModel
from deployments.kdtalker.kdtalker.smoothing import Smoother, smooth
from deployments.kdtalker.kdtalker.statistics import read_statistics


class Echo:
    """A sampler that takes no time: what it gives is the noise; it keeps what it heard."""

    def __init__(self) -> None:
        self.heard: list[Tensor] = []
        self.references: list[Tensor] = []

    def sample(self, origin: Tensor, reference: Tensor, heard: Tensor, noise: Tensor) -> Tensor:
        self.heard.append(heard)
        self.references.append(reference)
        return noise


def listen(windows: Tensor) -> Tensor:
    """One number a frame tells them apart."""
    return windows.mean((1, 2))[:, None].expand(-1, 512)


@pytest.fixture
def pose() -> Pose:
    random = torch.Generator().manual_seed(0)
    angles = torch.randn(3, 1, generator=random) * 10
    t, rest = torch.randn(1, 3, generator=random) / 10, torch.randn(2, 1, 21, 3, generator=random)
    return Pose(*angles, t, rest[0] / 50, torch.tensor([1.4]), rest[1] / 3)


def drive(
    pose: Pose, seconds: float, relative: bool = False, sampler: Echo | None = None
) -> Iterator[Driving]:
    sound = np.random.default_rng(0).normal(0, 0.1, round(seconds * SAMPLE_RATE))
    model = MotionModel(listen, sampler or Echo(), read_statistics())
    voice = load_voice(sound.astype(np.float32), SAMPLE_RATE)
    return model.drive(pose, voice, lambda window: window_noise(0, window), relative)


@pytest.mark.parametrize("seconds", [0.01, 0.04, 0.08, 0.4, 1.2, 1.3, 2.56, 2.6, 7.77])
def test_a_voice_of_any_length_has_a_frame_every_40_ms(pose: Pose, seconds: float) -> None:
    pieces = list(drive(pose, seconds))
    starts = np.cumsum([0, *(len(piece.keypoints) for piece in pieces)])
    assert [piece.first for piece in pieces] == starts[:-1].tolist()
    assert starts[-1] == int(seconds * 25)


def test_ten_minutes_have_15000_frames_in_flat_memory(pose: Pose) -> None:
    tracemalloc.start()
    frames, peaks = 0, []
    for piece in drive(pose, 600):
        frames += len(piece.keypoints)
        peaks.append(tracemalloc.get_traced_memory()[0])
    tracemalloc.stop()
    assert frames == 15_000
    assert peaks[-1] < peaks[5] * 1.01


def test_a_short_clip_is_wrapped_until_it_fills_the_window(pose: Pose) -> None:
    sampler = Echo()
    list(drive(pose, 0.4, sampler=sampler))
    (heard,) = sampler.heard
    assert heard.shape == (1, 64, 512)
    assert torch.equal(heard[0], heard[0, :10].repeat(7, 1)[:64])


def test_the_last_window_ends_with_the_start_of_the_clip(pose: Pose) -> None:
    sampler = Echo()
    list(drive(pose, 4, sampler=sampler))
    first, last = sampler.heard
    assert torch.equal(last[0, 36:], first[0, :28])


def test_a_window_starts_from_the_end_of_the_one_before(pose: Pose) -> None:
    sampler = Echo()
    list(drive(pose, 6, sampler=sampler))
    statistics = read_statistics()
    assert torch.equal(sampler.references[0], statistics.normalised(pose))
    assert torch.equal(sampler.references[2], window_noise(0, 1)[:, -1])


def test_the_first_frames_come_before_the_second_window_is_sampled(pose: Pose) -> None:
    sampler = Echo()
    pieces = drive(pose, 6, sampler=sampler)
    assert len(next(pieces).keypoints) == 61
    assert len(sampler.heard) == 1


def test_relative_motion_starts_from_the_portraits_own_keypoints(pose: Pose) -> None:
    first = next(drive(pose, 1, relative=True)).keypoints[:1]
    torch.testing.assert_close(first, pose.keypoints(), atol=1e-5, rtol=0)


def test_absolute_motion_keeps_the_portraits_scale(pose: Pose) -> None:
    """The predicted scale would make the head breathe."""
    first = next(drive(pose, 1)).keypoints
    double = Pose(pose.pitch, pose.yaw, pose.roll, pose.t, pose.exp, pose.scale * 2, pose.kp)
    second = next(drive(double, 1)).keypoints
    torch.testing.assert_close(second[..., 2], 2 * first[..., 2])


def test_noise_is_of_its_window_and_seed() -> None:
    assert torch.equal(window_noise(3, 5), window_noise(3, 5))
    assert not torch.equal(window_noise(3, 5), window_noise(3, 6))
    assert not torch.equal(window_noise(3, 5), window_noise(4, 5))
    assert window_noise(2**32 - 1, 700).shape == (1, 64, 70)


def test_rotations_turn_without_stretching() -> None:
    angles = torch.tensor([[0.0, 30.0], [0.0, -50.0], [0.0, 10.0]])
    turn = rotation(*angles)
    torch.testing.assert_close(turn[0], torch.eye(3))
    torch.testing.assert_close(turn[1] @ turn[1].T, torch.eye(3))


@pytest.mark.parametrize("piece", [1, 2, 7, 64, 300])
def test_a_streamed_clip_is_smoothed_as_the_whole(piece: int) -> None:
    clip = np.random.default_rng(0).normal(0, 10, (200, 69))
    smoother = Smoother()
    parts = [smoother.push(clip[start : start + piece]) for start in range(0, 200, piece)]
    whole = np.concatenate([part for part in (*parts, smoother.finish()) if len(part)])
    np.testing.assert_allclose(whole, smooth(clip), atol=1e-5)


def test_one_frame_stays_as_it_is() -> None:
    frame = np.random.default_rng(0).normal(size=(1, 69))
    np.testing.assert_array_equal(smooth(frame), frame)
