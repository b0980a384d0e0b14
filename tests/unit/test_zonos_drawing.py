"""Delay pattern, noise and samplers: what must hold for any input."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from deployments.zyphra.zonos.config import CODEBOOKS, CODES, EMBEDDED, MASK
from deployments.zyphra.zonos.delay import delay, to_codes, undelay
from deployments.zyphra.zonos.noise import exponential
from deployments.zyphra.zonos.sampling import (
    USUAL,
    Sampling,
    draw,
    penalise,
    probabilities,
    sample,
    sampling_rows,
)
from tests.zonos import CPU, random_codes

seeds = st.integers(0, 2**32 - 1)
rules = st.builds(
    Sampling,
    temperature=st.sampled_from([0.0, 0.3, 1.0, 1.7]),
    top_p=st.sampled_from([0.0, 0.3, 0.9, 1.0]),
    top_k=st.sampled_from([0, 1, 5, 5000]),
    min_p=st.sampled_from([0.0, 0.1, 1.0]),
    linear=st.sampled_from([0.0, 0.5, 1.0]),
    conf=st.sampled_from([-0.07, 0.0, 0.4]),
    quad=st.sampled_from([0.0, 0.16]),
    repetition_penalty=st.sampled_from([1.0, 1.3, 3.0]),
    repetition_window=st.integers(0, 6),
)


def logits_of(seed: int, batch: int, columns: int = 40) -> Tensor:
    noise = torch.Generator().manual_seed(seed)
    return torch.randn(batch, CODEBOOKS, columns, generator=noise) * 3


@settings(deadline=None)
@given(seed=seeds, frames=st.integers(0, 40))
def test_undelaying_undoes_delaying(seed: int, frames: int) -> None:
    codes = random_codes(frames, torch.Generator().manual_seed(seed))
    columns = delay(codes)
    assert columns.shape == (CODEBOOKS, frames + CODEBOOKS)
    assert torch.equal(undelay(columns), codes)
    assert (columns[:, 0] == MASK).all()
    assert (columns == MASK).sum() == CODEBOOKS * CODEBOOKS


def test_frame_stands_one_column_later_with_each_codebook() -> None:
    columns = delay(torch.arange(CODEBOOKS)[:, None])
    assert [int(columns[k, k + 1]) for k in range(CODEBOOKS)] == list(range(CODEBOOKS))


def test_what_is_no_code_becomes_zero() -> None:
    columns = delay(torch.tensor([[5, 1024, CODES - 1]] * CODEBOOKS))
    assert to_codes(columns)[0].tolist() == [5, 0, CODES - 1]


@settings(deadline=None)
@given(given_rules=st.lists(rules, min_size=1, max_size=5), seed=seeds)
def test_probabilities_of_a_row_do_not_depend_on_its_neighbours(
    given_rules: list[Sampling], seed: int
) -> None:
    logits = logits_of(seed, len(given_rules))
    together = probabilities(logits, sampling_rows(given_rules, CPU))
    for index, rule in enumerate(given_rules):
        alone = probabilities(logits[index : index + 1], sampling_rows([rule], CPU))
        assert torch.equal(together[index], alone[0])


@settings(deadline=None)
@given(rule=rules, seed=seeds)
def test_probabilities_sum_to_one_and_the_likeliest_stays(rule: Sampling, seed: int) -> None:
    logits = logits_of(seed, 2)
    p = probabilities(logits, sampling_rows([rule] * 2, CPU))
    assert torch.allclose(p.sum(-1), torch.ones(()), atol=1e-5)
    if rule.linear == 0:
        assert torch.equal(p.argmax(-1), logits.argmax(-1))


@settings(deadline=None)
@given(seed=seeds, k=st.integers(1, 40))
def test_top_k_keeps_k(seed: int, k: int) -> None:
    p = probabilities(logits_of(seed, 1), sampling_rows([Sampling(top_k=k)], CPU))
    assert ((p > 0).sum(-1) == k).all()


@settings(deadline=None)
@given(seed=seeds, share=st.floats(0.05, 0.95))
def test_top_p_keeps_the_fewest_that_have_the_share(seed: int, share: float) -> None:
    logits = logits_of(seed, 1)
    whole = logits.softmax(-1)
    kept = probabilities(logits, sampling_rows([Sampling(top_p=share)], CPU)) > 0
    mass = (whole * kept).sum(-1)
    least = torch.where(kept, whole, 1.0).amin(-1)
    assert (mass >= share - 1e-5).all()
    assert (mass - least <= share + 1e-5).all()


@settings(deadline=None)
@given(seed=seeds, penalty=st.floats(1, 5), window=st.integers(1, 4))
def test_each_occurrence_in_the_window_is_penalised(seed: int, penalty: float, window: int) -> None:
    logits = logits_of(seed, 1, columns=6)
    history = torch.tensor([2, 2, 3, 3, 3])[None, None].expand(1, CODEBOOKS, -1)
    there = torch.ones(1, 1, 5, dtype=torch.bool)
    rule = Sampling(repetition_penalty=penalty, repetition_window=window)
    got = penalise(logits, history, there, sampling_rows([rule], CPU))
    times = min(window, 3)
    expected = logits.clone()
    for code, count in ((3, times), (2, window - times)):
        factor = torch.tensor(penalty) ** count
        line = logits[..., code]
        expected[..., code] = torch.where(line <= 0, line * factor, line / factor)
    assert torch.allclose(got, expected, rtol=1e-5)


def test_penalty_on_masked_columns_hits_no_code() -> None:
    logits = torch.randn(1, CODEBOOKS, EMBEDDED)
    logits[..., MASK] = float("-inf")
    masked = torch.full((1, CODEBOOKS, 2), MASK)
    there = torch.ones(1, 1, 2, dtype=torch.bool)
    got = penalise(logits, masked, there, sampling_rows([Sampling()], CPU))
    assert torch.equal(got, logits)


def test_temperature_zero_takes_the_likeliest_beside_a_row_that_draws() -> None:
    logits = logits_of(3, 2)
    rows = sampling_rows([Sampling(temperature=0.0), USUAL], CPU)
    tokens = sample(logits, rows, torch.full_like(logits, 1e9))
    assert torch.equal(tokens[0], logits[0].argmax(-1))


@settings(deadline=None)
@given(seed=seeds, steps=st.lists(st.integers(0, 3000), min_size=1, max_size=4))
def test_noise_depends_on_seed_and_step_only(seed: int, steps: list[int]) -> None:
    together = exponential(torch.full((len(steps),), seed), torch.tensor(steps), CODEBOOKS, 50)
    for index, step in enumerate(steps):
        alone = exponential(torch.tensor([seed]), torch.tensor([step]), CODEBOOKS, 50)
        assert torch.equal(together[index], alone[0])
    assert (together > 0).all()
    assert together.isfinite().all()


def test_noise_is_exponential_and_its_streams_are_apart() -> None:
    noise = exponential(torch.tensor([0, 0, 1]), torch.tensor([5, 6, 5]), 200, 1000).double()
    assert noise.mean() == pytest.approx(1, abs=0.01)
    assert noise.var() == pytest.approx(1, abs=0.03)
    assert (noise > 1).double().mean() == pytest.approx(0.3679, abs=0.003)
    apart = torch.corrcoef(noise.flatten(1)) - torch.eye(3)
    assert apart.abs().max() < 0.01


def test_draws_are_as_frequent_as_their_probabilities() -> None:
    p = torch.tensor([0.5, 0.3, 0.2, 0.0]).expand(1, CODEBOOKS, 4)
    seeds_, steps = torch.arange(4000), torch.zeros(4000, dtype=torch.long)
    drawn = draw(p, exponential(seeds_, steps, CODEBOOKS, 4))
    shares = torch.bincount(drawn.flatten(), minlength=4) / drawn.numel()
    assert torch.allclose(shares, p[0, 0], atol=0.01)
