"""Scenes begin and end as the portrait is; between, upstream's motion, or as much as is wanted."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import Tensor

from deployments.kdtalker.kdtalker.acting import LIPS, Acting, turned_in_part
from deployments.kdtalker.kdtalker.ddim import window_noise
from deployments.kdtalker.kdtalker.direction import Direction
from deployments.kdtalker.kdtalker.keypoints import Pose, rotation
from deployments.kdtalker.kdtalker.motion import MotionModel
from deployments.kdtalker.kdtalker.sampling import SharedSampler
from deployments.kdtalker.kdtalker.statistics import read_statistics
from tests.kdtalker import direction, listen, sample

FRAMES = 90


@pytest.fixture(scope="module")
def motion() -> Iterator[MotionModel]:
    sampler = SharedSampler(sample, 1)
    yield MotionModel(listen, sampler, read_statistics())
    sampler.close()


@pytest.fixture
def pose() -> Pose:
    random = torch.Generator().manual_seed(0)
    angles = torch.randn(3, 1, generator=random) * 10
    t, rest = torch.randn(1, 3, generator=random) / 10, torch.randn(2, 1, 21, 3, generator=random)
    return Pose(*angles, t, rest[0] / 50, torch.tensor([1.4]), rest[1] / 3)


def noise(window: int) -> Tensor:
    return window_noise(0, window)


def acted(
    motion: MotionModel, pose: Pose, scene: Direction, closing: Tensor | None = None
) -> Tensor:
    acting = Acting(pose, closing, scene)
    pieces = motion.poses(pose, scene.voice, noise)
    return torch.cat([acting.keypoints(first, part) for first, part in pieces])


@pytest.mark.parametrize("relative", [True, False])
def test_wholly_present_it_is_upstreams_motion(
    motion: MotionModel, pose: Pose, relative: bool
) -> None:
    scene = direction(FRAMES, relative=relative)
    pieces = motion.drive(pose, scene.voice, noise, relative)
    upstream = torch.cat([piece.keypoints for piece in pieces])
    torch.testing.assert_close(acted(motion, pose, scene), upstream, atol=2e-5, rtol=0)


@pytest.mark.parametrize("relative", [True, False])
def test_a_scene_starts_and_ends_as_the_portrait_is(
    motion: MotionModel, pose: Pose, relative: bool
) -> None:
    present = np.sin(np.linspace(0, np.pi, FRAMES)).astype(np.float32)
    present[-1] = 0
    closing = torch.randn(1, 21, 3, generator=torch.Generator().manual_seed(1))
    scene = direction(FRAMES, present=present, relative=relative)
    keypoints = acted(motion, pose, scene, closing)
    for end in (0, -1):
        torch.testing.assert_close(keypoints[end], pose.keypoints()[0], atol=1e-5, rtol=0)
    assert float((keypoints[FRAMES // 2] - pose.keypoints()[0]).abs().max()) > 0.05


def test_lips_stay_closed_in_silence_while_the_rest_moves(motion: MotionModel, pose: Pose) -> None:
    still = direction(FRAMES, speaking=np.zeros(FRAMES, np.float32), strength=0.0)
    spoken = replace(still, speaking=np.ones(FRAMES, np.float32))
    silent, talking = (acted(motion, pose, scene) for scene in (still, spoken))
    rest = [point for point in range(21) if point not in LIPS]
    torch.testing.assert_close(silent, pose.keypoints().expand(FRAMES, 21, 3), atol=1e-5, rtol=0)
    torch.testing.assert_close(talking[:, rest], silent[:, rest])
    assert float((talking[:, list(LIPS)] - silent[:, list(LIPS)]).abs().max()) > 0.01


def test_twice_the_strength_turns_the_head_twice_as_far(motion: MotionModel, pose: Pose) -> None:
    flat = Pose(pose.pitch, pose.yaw, pose.roll, pose.t, pose.exp * 0, pose.scale, pose.kp)
    once, twice = (
        acted(motion, flat, direction(FRAMES, strength=by, relative=False)).mean(1)
        for by in (1.0, 2.0)
    )
    own = flat.keypoints().mean(1)
    moved, farther = (once - own)[:, :2], (twice - own)[:, :2]
    assert float(torch.linalg.vector_norm(farther) / torch.linalg.vector_norm(moved)) > 1.5


def test_an_open_mouth_is_closed_where_nothing_is_said(motion: MotionModel, pose: Pose) -> None:
    closing = torch.full((1, 21, 3), 0.1)
    speaking = np.repeat(np.array([0, 1], np.float32), FRAMES // 2)
    absolute = direction(FRAMES, speaking=speaking, relative=False)
    for scene, shut in ((absolute, 1 - speaking), (replace(absolute, relative=True), speaking**0)):
        by = acted(motion, pose, scene, closing) - acted(motion, pose, scene)
        expected = torch.from_numpy(shut)[:, None, None].expand(FRAMES, 21, 3) * 0.1
        torch.testing.assert_close(by, expected, atol=1e-5, rtol=0)


def test_part_of_a_turn_is_a_turn_about_the_same_axis() -> None:
    turn = rotation(torch.tensor([20.0]), torch.tensor([-35.0]), torch.tensor([8.0]))
    third = turned_in_part(turn, torch.tensor([1 / 3]))
    torch.testing.assert_close(third @ third @ third, turn)
    torch.testing.assert_close(turned_in_part(turn, torch.ones(1)), turn)
    torch.testing.assert_close(turned_in_part(turn, torch.zeros(1))[0], torch.eye(3))
    torch.testing.assert_close(turned_in_part(torch.eye(3)[None], torch.ones(1))[0], torch.eye(3))
