"""Steps on static slots, padded or not, and what happens when memory does not suffice."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from deployments.zyphra.zonos.batch import Batch, Piece
from deployments.zyphra.zonos.config import published_config
from deployments.zyphra.zonos.generate import Utterance, generate, prefill
from deployments.zyphra.zonos.memory import largest_batch, slot_bytes, weight_bytes
from deployments.zyphra.zonos.model import BRANCHES, Zonos
from deployments.zyphra.zonos.sampling import Needs, Sampling, needs
from deployments.zyphra.zonos.stepping import EagerSteps, StepShape, padded
from tests.zonos import tiny_model, tiny_utterance

POSITIONS = 96
RULES = (Sampling(min_p=0.1), Sampling(top_k=30), Sampling(linear=0.5, repetition_window=5))
both_variants = pytest.mark.parametrize("hybrid", [False, True])
padded_steps = partial(EagerSteps, pad=True)


def utterance(number: int) -> Utterance:
    return tiny_utterance(number, 6 + 7 * number % 20, (0, 4)[number % 2], RULES[number % 3])


def speak(batch: Batch, numbers: range) -> dict[int, Tensor]:
    """What each utterance got, and nothing twice."""
    for number in numbers:
        batch.join(number, utterance(number))
    pieces: list[Piece] = []
    while batch.busy:
        pieces += batch.step()
    assert {piece.key for piece in pieces if piece.last} == {*numbers}
    return {n: torch.cat([p.codes for p in pieces if p.key == n], 1) for n in numbers}


@settings(max_examples=16)
@given(count=st.integers(1, 16), slots=st.integers(1, 16), hybrid=st.booleans())
def test_padded_steps_give_everyone_the_codes_of_plain_ones(
    count: int, slots: int, hybrid: bool
) -> None:
    model = tiny_model(hybrid)
    got = speak(Batch(model, slots, POSITIONS, padded_steps), range(count))
    for number, codes in got.items():
        assert torch.equal(codes, generate(model, utterance(number)))


class Recorded(EagerSteps):
    """Runs each step over the padded slots and notes every number that it left behind."""

    def __init__(self, model: Zonos, slots: Any, pad: bool, seen: list[list[Tensor]]) -> None:
        super().__init__(model, slots, pad)
        self._seen = seen

    def run(self, shape: StepShape) -> None:
        super().run(shape)
        columns = self._slots.columns
        self._seen.append([columns.cells.clone(), columns.column.clone(), columns.left.clone()])


@both_variants
@pytest.mark.parametrize("count", [1, 2, 3, 5, 8, 11, 16])
def test_state_after_every_padded_step_is_that_of_the_plain_one(count: int, hybrid: bool) -> None:
    states: list[list[list[Tensor]]] = []
    for pad in (False, True):
        states.append([])
        steps = partial(Recorded, pad=pad, seen=states[-1])
        speak(Batch(tiny_model(hybrid), 16, POSITIONS, steps), range(count))
    plain, wide = states
    assert len(plain) == len(wide) > 10
    for one, other in zip(plain, wide, strict=True):
        assert all(torch.equal(a, b) for a, b in zip(one, other, strict=True))


def test_sizes_are_padded_to_few_that_differ() -> None:
    assert [padded(n, 64) for n in (1, 2, 3, 5, 9, 16, 17, 33, 64)] == [
        *(1, 2, 4, 8, 16, 16, 32, 48, 64)
    ]
    assert padded(5, 6) == 6
    assert len({padded(n, 128) for n in range(1, 129)}) == 12


def test_rules_that_ask_for_nearly_the_same_share_a_shape() -> None:
    assert needs([Sampling(min_p=0.1)]) == needs([Sampling(min_p=0.4, temperature=2.0)])
    windows = [needs([Sampling(repetition_window=n)]).window for n in (0, 1, 2, 3, 8, 9)]
    assert windows == [1, 1, 2, 4, 8, 16]
    assert isinstance(needs([Sampling()]), Needs)


@both_variants
def test_warming_up_changes_nothing(hybrid: bool) -> None:
    batch = Batch(tiny_model(hybrid), 4, 300, padded_steps)
    batch.warm_up()
    assert not batch.busy
    for number, codes in speak(batch, range(6)).items():
        assert torch.equal(codes, generate(tiny_model(hybrid), utterance(number)))


@both_variants
@pytest.mark.parametrize("chunk", [4, 25, 64])
def test_rows_that_both_branches_share_are_run_once(hybrid: bool, chunk: int) -> None:
    model, noise = tiny_model(hybrid), torch.Generator().manual_seed(3)
    rows = torch.randn(1, 60, 64, generator=noise).repeat(2, 1, 1)
    rows[1, 25:] = torch.randn(35, 64, generator=noise)
    run: list[torch.Size] = []
    hook = model.backbone.register_forward_pre_hook(lambda _, inputs: run.append(inputs[0].shape))
    shared = prefill(model, rows, model.make_cache(2, 60), chunk, shared=25)
    hook.remove()
    whole = prefill(model, rows, model.make_cache(2, 60))
    assert torch.allclose(shared, whole, atol=1e-5)
    assert sum(shape[0] * shape[1] for shape in run) == 25 + 2 * 35


@contextmanager
def room_for(model: Zonos, utterances: int) -> Iterator[list[int]]:
    """The backbone runs out of memory with more than so many; notes how often that was."""
    failed: list[int] = []

    def check(_module: object, inputs: tuple[Tensor, ...]) -> None:
        if len(inputs[0]) > BRANCHES * utterances:
            failed.append(len(inputs[0]) // BRANCHES)
            raise torch.OutOfMemoryError("no room")

    hook = model.backbone.register_forward_pre_hook(check)
    try:
        yield failed
    finally:
        hook.remove()


@both_variants
@pytest.mark.parametrize("room", [1, 3])
def test_batch_without_memory_halves_and_nobody_loses_a_code(room: int, hybrid: bool) -> None:
    model = tiny_model(hybrid)
    alone = [generate(model, utterance(number)) for number in range(9)]
    batch = Batch(model, 8, POSITIONS)
    with room_for(model, room) as failed:
        got = speak(batch, range(9))
    assert failed
    assert batch.slots == {1: 1, 3: 2}[room]
    for number, codes in got.items():
        assert torch.equal(codes, alone[number])


def test_batch_goes_on_where_it_was_when_memory_failed() -> None:
    """In the middle of its speech, with frames already given out, and not from its beginning."""
    model, number = tiny_model(), 1
    batch = Batch(model, 2, POSITIONS)
    batch.join(number, utterance(number))
    pieces: list[Piece] = []
    while not pieces:
        pieces += batch.step()
    with room_for(model, 0):
        assert batch.step() == []
    run: list[int] = []
    hook = model.backbone.register_forward_pre_hook(
        lambda _, inputs: run.append(inputs[0].shape[1])
    )
    while batch.busy:
        pieces += batch.step()
    hook.remove()
    codes = torch.cat([piece.codes for piece in pieces], 1)
    assert torch.equal(codes, generate(model, utterance(number)))
    assert run.count(1) < utterance(number).frames + 8


def test_one_may_leave_after_memory_has_failed() -> None:
    model = tiny_model()
    batch = Batch(model, 4, POSITIONS)
    for number in (0, 1):
        batch.join(number, utterance(number))
    pieces = [piece for _ in range(4) for piece in batch.step()]
    with room_for(model, 1):
        while batch.slots > 2:
            pieces += batch.step()
    pieces += [piece for _ in range(4) for piece in batch.step()]
    batch.leave(0)
    while batch.busy:
        pieces += batch.step()
    codes = torch.cat([piece.codes for piece in pieces if piece.key == 1], 1)
    assert torch.equal(codes, generate(model, utterance(1)))


def test_warming_up_finds_how_many_there_is_memory_for() -> None:
    batch = Batch(tiny_model(), 8, POSITIONS)
    with room_for(tiny_model(), 3) as failed:
        batch.warm_up()
    assert failed == [8, 4]
    assert batch.slots == 2
    with room_for(tiny_model(), 0), pytest.raises(torch.OutOfMemoryError):
        batch.warm_up()


def test_one_utterance_without_memory_is_an_error() -> None:
    model = tiny_model()
    batch = Batch(model, 1, POSITIONS)
    batch.join(0, utterance(0))
    with room_for(model, 0), pytest.raises(torch.OutOfMemoryError):
        batch.step()


def test_slots_that_cannot_be_allocated_are_halved(monkeypatch: pytest.MonkeyPatch) -> None:
    model = tiny_model()
    make_cache = model.make_cache

    def small(rows: int, positions: int) -> Any:
        if rows > 10:
            raise torch.OutOfMemoryError("no room")
        return make_cache(rows, positions)

    monkeypatch.setattr(model, "make_cache", small)
    batch = Batch(model, 16, POSITIONS)
    assert batch.slots == 4
    assert len(speak(batch, range(5))) == 5


@pytest.mark.parametrize("variant", ["transformer", "hybrid"])
def test_largest_batch_fits_and_one_more_does_not(variant: Any) -> None:
    config, positions = published_config(variant), 2840
    free = 80e9 - weight_bytes(config, torch.bfloat16)
    most = largest_batch(config, free, positions, torch.bfloat16)
    slot = slot_bytes(config, positions, torch.bfloat16)
    assert (most + 1) * slot < free < (most + 1) * slot * 1.1
    assert largest_batch(config, free + slot * 1.1, positions, torch.bfloat16) == most + 1
    assert largest_batch(config, slot, positions, torch.bfloat16) == 0


def test_slot_takes_what_the_specification_says() -> None:
    transformer = published_config("transformer")
    assert slot_bytes(transformer, 1000, torch.bfloat16) == 106_496 * 1000
    assert weight_bytes(transformer, torch.bfloat16) == pytest.approx(3.3e9, rel=0.05)
