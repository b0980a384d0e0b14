"""Continuous batching: everyone gets what they would get alone."""

from copy import deepcopy
from dataclasses import replace
from functools import cache

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from deployments.zyphra.zonos.batch import Batch, Piece, UtteranceTooLong
from deployments.zyphra.zonos.config import EOS
from deployments.zyphra.zonos.generate import Utterance, generate
from deployments.zyphra.zonos.model import Zonos
from deployments.zyphra.zonos.sampling import USUAL, Sampling
from tests.zonos import tiny_model, tiny_utterance

POSITIONS = 96
RULES = (
    USUAL,
    Sampling(temperature=0),
    Sampling(top_k=30, temperature=1.3),
    Sampling(linear=0.5, conf=0.4, repetition_window=5),
    Sampling(top_p=0.9, repetition_penalty=1.2),
)


def utterance(number: int) -> Utterance:
    """One of many, of any length, some with an audio prefix."""
    prefix = (0, 3, 0, 7)[number % 4]
    return tiny_utterance(number, 1 + 5 * number % 23, prefix, RULES[number % len(RULES)])


@cache
def model(hybrid: bool) -> Zonos:
    """One that ends many an utterance before its most frames."""
    made = deepcopy(tiny_model(hybrid))
    made.heads[EOS] *= 5
    return made


@cache
def alone(number: int, hybrid: bool) -> Tensor:
    return generate(model(hybrid), utterance(number))


def joined(pieces: list[Piece], key: int) -> Tensor:
    return torch.cat([piece.codes for piece in pieces if piece.key == key], 1)


def run(batch: Batch, joins: dict[int, list[int]], leaves: dict[int, list[int]]) -> list[Piece]:
    """Steps until nothing is left; ``joins`` and ``leaves`` by step."""
    pieces: list[Piece] = []
    step = 0
    while batch.busy or step <= max([*joins, *leaves]):
        for number in joins.get(step, ()):
            batch.join(number, utterance(number))
        for number in leaves.get(step, ()):
            batch.leave(number)
        pieces += batch.step()
        step += 1
    return pieces


@settings(max_examples=25, deadline=None)
@given(
    comings=st.lists(st.integers(0, 25), min_size=1, max_size=16),
    cancelled=st.dictionaries(st.integers(0, 15), st.integers(0, 60), max_size=4),
    slots=st.integers(1, 16),
    hybrid=st.booleans(),
)
def test_any_mix_of_utterances_gets_the_codes_of_each_alone(
    comings: list[int], cancelled: dict[int, int], slots: int, hybrid: bool
) -> None:
    joins: dict[int, list[int]] = {}
    leaves: dict[int, list[int]] = {}
    for number, step in enumerate(comings):
        joins.setdefault(step, []).append(number)
    for number, step in cancelled.items():
        leaves.setdefault(step, []).append(number)
    pieces = run(Batch(model(hybrid), slots, POSITIONS), joins, leaves)
    for number in range(len(comings)):
        if number not in cancelled:
            assert torch.equal(joined(pieces, number), alone(number, hybrid))
            assert [p.last for p in pieces if p.key == number].count(True) == 1


def test_some_utterances_of_the_mix_end_early_and_some_do_not() -> None:
    lengths = [(alone(n, False).shape[1], utterance(n)) for n in range(16)]
    ended = [count < ask.frames + ask.audio_prefix.shape[1] for count, ask in lengths]
    assert {*ended} == {True, False}


def test_utterance_that_fills_its_slot_to_the_last_position_ends_well() -> None:
    ask = utterance(0)
    ask = replace(
        ask, frames=POSITIONS - 10 - tiny_model().prefix_conditioner.length(ask.conditions)
    )
    batch = Batch(tiny_model(), 1, POSITIONS)
    batch.join(0, ask)
    pieces: list[Piece] = []
    while batch.busy:
        pieces += batch.step()
    assert torch.equal(joined(pieces, 0), generate(tiny_model(), ask))


def test_frames_come_while_the_utterance_is_made() -> None:
    batch = Batch(tiny_model(), 2, POSITIONS)
    batch.join("long", tiny_utterance(5, frames=40, sampling=Sampling(temperature=0)))
    sizes = []
    while batch.busy:
        sizes += [piece.codes.shape[1] for piece in batch.step()]
    assert sizes[:-1] == [1] * (len(sizes) - 1)
    assert sum(sizes) > 10


def test_cancelled_utterance_frees_its_slot_at_once() -> None:
    batch = Batch(tiny_model(), 1, POSITIONS)
    batch.join("first", tiny_utterance(1, frames=40))
    batch.join("second", tiny_utterance(2, frames=2))
    batch.step()
    batch.leave("first")
    assert batch.size == 0
    pieces = batch.step()
    assert batch.size == 1
    while batch.busy:
        pieces += batch.step()
    assert {piece.key for piece in pieces} == {"second"}


def test_leaving_twice_or_never_having_joined_is_nothing() -> None:
    batch = Batch(tiny_model(), 1, POSITIONS)
    batch.join("one", tiny_utterance(1))
    for _ in range(2):
        batch.leave("one")
        batch.leave("stranger")
    assert not batch.busy
    assert batch.step() == []


def test_utterance_that_no_slot_can_hold_is_refused() -> None:
    with pytest.raises(UtteranceTooLong, match="positions of 96"):
        Batch(tiny_model(), 1, POSITIONS).join("long", tiny_utterance(1, frames=90))
