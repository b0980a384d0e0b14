"""Zonos' batch on a GPU: recorded steps, half precision, no waiting, too little memory.

They need torch, pytest and a GPU, but none of the services:
``python -m pytest --noconftest -c /dev/null --rootdir . tests/gpu/test_zonos_gpu.py``
"""

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import replace
from functools import cache

import pytest
import torch
from torch import Tensor

from deployments.zyphra.zonos.backbone import has_compiler
from deployments.zyphra.zonos.batch import Batch, Piece
from deployments.zyphra.zonos.config import CODEBOOKS, CODES
from deployments.zyphra.zonos.generate import Utterance, generate
from deployments.zyphra.zonos.model import Zonos
from deployments.zyphra.zonos.sampling import Sampling, needs
from deployments.zyphra.zonos.slots import make_slots
from deployments.zyphra.zonos.stepping import EagerSteps, GraphSteps, StepShape, decode
from tests.zonos import tiny_model, tiny_utterance

pytestmark = [
    pytest.mark.gpu,
    pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no GPU"),
]
both_variants = pytest.mark.parametrize("hybrid", [False, True])
POSITIONS = 96
RULES = (
    Sampling(min_p=0.1),
    Sampling(temperature=0),
    Sampling(top_k=30, repetition_window=5),
    Sampling(top_p=0.9, linear=0.5, conf=0.4),
)


@cache
def model(hybrid: bool, dtype: torch.dtype = torch.float32) -> Zonos:
    return deepcopy(tiny_model(hybrid)).to("cuda", dtype)


def utterance(number: int) -> Utterance:
    ask = tiny_utterance(number, 8 + 7 * number % 30, (0, 4)[number % 2], RULES[number % 4])
    return replace(ask, conditions={k: v.cuda() for k, v in ask.conditions.items()})


def speak(batch: Batch, count: int) -> list[Tensor]:
    for number in range(count):
        batch.join(number, utterance(number))
    pieces: list[Piece] = []
    while batch.busy:
        pieces += batch.step()
    return [torch.cat([p.codes for p in pieces if p.key == n], 1) for n in range(count)]


@both_variants
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_recorded_steps_draw_the_codes_of_padded_plain_ones(
    hybrid: bool, dtype: torch.dtype
) -> None:
    def padded(made: Zonos, slots: object) -> EagerSteps:
        return EagerSteps(made, slots, pad=True)  # type: ignore[arg-type]

    recorded = speak(Batch(model(hybrid, dtype), 8, POSITIONS, GraphSteps), 13)
    plain = speak(Batch(model(hybrid, dtype), 8, POSITIONS, padded), 13)
    for one, other in zip(recorded, plain, strict=True):
        assert torch.equal(one, other)


@both_variants
def test_everyone_in_a_recorded_batch_gets_their_codes_of_alone(hybrid: bool) -> None:
    batch = Batch(model(hybrid), 8, POSITIONS, GraphSteps)
    batch.warm_up()
    for number, codes in enumerate(speak(batch, 13)):
        assert torch.equal(codes, generate(model(hybrid), utterance(number)).cpu())


@both_variants
def test_half_precision_speaks_in_codes(hybrid: bool) -> None:
    for number, codes in enumerate(speak(Batch(model(hybrid, torch.bfloat16), 4, POSITIONS), 6)):
        ask = utterance(number)
        known = ask.audio_prefix.shape[1]
        assert codes.shape[0] == CODEBOOKS
        assert known <= codes.shape[1] <= known + ask.frames
        assert torch.equal(codes[:, :known], ask.audio_prefix)
        assert 0 <= int(codes.min()) <= int(codes.max()) < CODES


@both_variants
def test_compiled_steps_are_the_plain_ones_but_for_rounding(hybrid: bool) -> None:
    plain, fused = model(hybrid), deepcopy(model(hybrid))
    fused.backbone.compile_steps()
    assert fused.backbone.step_form == ("compiled" if has_compiler() else "plain")
    for rows, span in ((2, 32), (4, 64), (16, 96)):
        noise = torch.Generator().manual_seed(rows)
        x = torch.randn(rows, 1, 64, generator=noise).cuda()
        at = torch.randint(0, span, (rows, 1), generator=noise).cuda()
        with torch.inference_mode():
            one, other = (m.backbone(x, at, m.make_cache(rows, span)) for m in (plain, fused))
        assert torch.allclose(one, other, atol=1e-4)


@pytest.fixture
def waiting_refused() -> Iterator[None]:
    """Whatever waits for the device raises."""
    torch.cuda.set_sync_debug_mode("error")
    yield
    torch.cuda.set_sync_debug_mode("default")


@both_variants
def test_step_never_waits_for_the_device(hybrid: bool, request: pytest.FixtureRequest) -> None:
    slots = make_slots(model(hybrid), 4, POSITIONS)
    shape = StepShape(4, POSITIONS, needs(RULES))
    steps = GraphSteps(model(hybrid), slots)
    with torch.inference_mode():
        steps.run(shape)
        request.getfixturevalue("waiting_refused")
        decode(model(hybrid), slots, shape)
        steps.run(shape)


@pytest.fixture
def little_memory() -> Iterator[int]:
    """Bytes of a GPU that is nearly full."""
    torch.cuda.empty_cache()
    total = torch.cuda.get_device_properties(0).total_memory
    allowed = torch.cuda.memory_reserved() + (256 << 20)
    torch.cuda.set_per_process_memory_fraction(allowed / total)
    yield allowed
    torch.cuda.set_per_process_memory_fraction(1.0)


def test_batch_that_does_not_fit_is_halved_and_speaks(little_memory: int) -> None:
    alone = [generate(model(False), utterance(number)).cpu() for number in range(5)]
    batch = Batch(model(False), 1 << 14, POSITIONS)
    assert 1 <= batch.slots < 1 << 14
    assert torch.cuda.memory_reserved() <= little_memory
    for mine, expected in zip(speak(batch, 5), alone, strict=True):
        assert torch.equal(mine, expected)


def test_memory_that_runs_out_in_a_step_halves_the_batch(little_memory: int) -> None:
    """Someone else takes what is left while the batch speaks, and gives it back."""
    batch = Batch(model(False), 512, POSITIONS, EagerSteps)
    for number in range(9):
        batch.join(number, utterance(number))
    pieces: list[Piece] = []
    while batch.size < 4:
        pieces += batch.step()
    failing = model(False).backbone.register_forward_pre_hook(_take_all)
    while batch.slots == 512:
        pieces += batch.step()
    failing.remove()
    while batch.busy:
        pieces += batch.step()
    for number in range(9):
        codes = torch.cat([piece.codes for piece in pieces if piece.key == number], 1)
        assert torch.equal(codes, generate(model(False), utterance(number)).cpu())


def _take_all(_module: object, _inputs: object) -> None:
    torch.empty(80 << 30, dtype=torch.uint8, device="cuda")
