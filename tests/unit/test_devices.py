"""Nets on a GPU meet no tensor that was left on the host.

The device is torch's "meta", which computes shapes and nothing else: like a GPU, it refuses to mix
with the host's tensors, and every machine has one.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

import pytest
import torch
from torch import Tensor, nn

from deployments.kdtalker.kdtalker.appearance import AppearanceExtractor
from deployments.kdtalker.kdtalker.ddim import FRAMES, Sampler
from deployments.kdtalker.kdtalker.fast_warping import joined
from deployments.kdtalker.kdtalker.generator import Generator
from deployments.kdtalker.kdtalker.layers import fold_norms
from deployments.kdtalker.kdtalker.motion_extractor import MotionExtractor, pose_of
from deployments.kdtalker.kdtalker.point import PointModel
from deployments.kdtalker.kdtalker.renderer import Renderer, as_bytes
from deployments.kdtalker.kdtalker.warping import Warping
from deployments.kdtalker.kdtalker.wav2lip import AudioEncoder
from deployments.zyphra.zonos.conditions import Delivery, make_conditions
from deployments.zyphra.zonos.config import CODEBOOKS
from deployments.zyphra.zonos.generate import Utterance
from deployments.zyphra.zonos.model import Zonos
from deployments.zyphra.zonos.prefilling import Prefilling
from deployments.zyphra.zonos.sampling import Sampling, needs
from deployments.zyphra.zonos.slots import make_slots
from deployments.zyphra.zonos.speaker import SpeakerEncoder
from deployments.zyphra.zonos.speaker_network import EMBEDDING, LDA, SpeakerNetwork
from deployments.zyphra.zonos.speaking import Speaking
from deployments.zyphra.zonos.stepping import StepShape, decode
from tests.zonos import tiny_config

ELSEWHERE = torch.device("meta")
RULES = (
    Sampling(min_p=0.1),
    Sampling(temperature=0),
    Sampling(top_k=30, repetition_window=5),
    Sampling(top_p=0.9, linear=0.5, conf=0.4),
)


Net = TypeVar("Net", bound=nn.Module)


def elsewhere(make: Callable[[], Net], dtype: torch.dtype = torch.float32) -> Net:
    with ELSEWHERE:
        return make().to(dtype).requires_grad_(False).eval()


def zeros(*shape: int) -> Tensor:
    return torch.zeros(*shape, device=ELSEWHERE)


@pytest.mark.parametrize("hybrid", [False, True])
@torch.inference_mode()
def test_zonos_prefills_admits_and_steps(hybrid: bool) -> None:
    model = elsewhere(lambda: Zonos(tiny_config(hybrid)), torch.bfloat16)
    slots = make_slots(model, 4, 96)
    conditions = make_conditions([1, 2, 3], Delivery(speaker=torch.zeros(128)), model.device)
    prefix = torch.zeros(CODEBOOKS, 4, dtype=torch.long)
    ask = Utterance(conditions, prefix, frames=40)
    speaking = Speaking(0, ask, model.prefix_conditioner.length(conditions))
    prefilling = Prefilling(model, speaking, slots.aside())
    assert prefilling.advance()
    for slot, rules in enumerate(RULES):
        asked = replace(ask, sampling=rules)
        slots.admit(slot, asked, prefilling.columns, speaking.offset, prefilling.positions)
    slots.move(3, 0, prefilling.positions)
    decode(model, slots, StepShape(3, 64, needs(RULES)))
    assert slots.columns.cells.device == ELSEWHERE


def test_zonos_hears_a_voice() -> None:
    network, lda = (
        elsewhere(lambda: SpeakerNetwork(8)),
        elsewhere(lambda: nn.Linear(EMBEDDING, LDA)),
    )
    encoder = SpeakerEncoder(network, lda)
    assert encoder.embed(torch.zeros(1, 44_100), 44_100).device == ELSEWHERE


@torch.inference_mode()
def test_kdtalker_takes_a_step_of_its_motion() -> None:
    point, encoder = elsewhere(PointModel), elsewhere(AudioEncoder)
    fold_norms(encoder)
    heard = encoder(zeros(FRAMES, 80, 16))[None]
    states = Sampler(point).states(zeros(1, 70), zeros(1, 70), heard, zeros(1, FRAMES, 70))
    motion = next(states)
    assert (motion.shape, motion.device) == ((1, FRAMES, 70), ELSEWHERE)


@torch.inference_mode()
def test_kdtalker_looks_at_portraits_and_draws() -> None:
    extractor = elsewhere(MotionExtractor)
    renderer = Renderer(
        elsewhere(AppearanceExtractor),
        elsewhere(Warping),
        elsewhere(Generator),
        torch.bfloat16,
        torch.channels_last,
    )
    pose = pose_of(extractor(zeros(1, 3, 256, 256)))
    source = renderer.source(zeros(1, 3, 256, 256), pose.keypoints())
    pictures = as_bytes(renderer.render(joined([source, source]), zeros(2, 21, 3)))
    assert (pictures.shape, pictures.dtype) == ((2, 512, 512, 3), torch.uint8)
    assert pictures.device == ELSEWHERE
