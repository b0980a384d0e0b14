"""The generate loop's state: a batch of utterances, each at its own column."""

import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from deployments.zyphra.zonos.columns import Columns, start_columns
from deployments.zyphra.zonos.config import CODEBOOKS, CODES, EOS, MASK
from deployments.zyphra.zonos.delay import delay
from tests.zonos import random_codes

Script = tuple[int, int, int, int | None]
"""Seed, frames of prefix, most frames, and the step (if any) at which speech ends."""

scripts = st.tuples(
    st.integers(0, 1000),
    st.integers(0, 6),
    st.integers(1, 20),
    st.one_of(st.none(), st.integers(0, 30)),
)


def choices(script: Script) -> tuple[Tensor, Tensor]:
    """The prefix [9, P] and what would be drawn at every call [calls, 9]."""
    seed, prefix_frames, frames, end = script
    noise = torch.Generator().manual_seed(seed)
    prefix = random_codes(prefix_frames, noise)
    draws = random_codes(frames + CODEBOOKS, noise).T.clone()
    if end is not None and end < len(draws):
        draws[end, 0] = EOS
    return prefix, draws


def play(columns: Columns, drawn: list[Tensor]) -> None:
    """Runs a batch to its end; finished utterances go on drawing something."""
    columns.begin(torch.stack([draws[0] for draws in drawn]))
    call = 1
    while bool((columns.left > 0).any()):
        rows = [draws[min(call, len(draws) - 1)] for draws in drawn]
        columns.advance(torch.stack(rows))
        call += 1


@settings(deadline=None)
@given(batch=st.lists(scripts, min_size=1, max_size=6))
def test_utterances_of_a_batch_end_as_they_would_alone(batch: list[Script]) -> None:
    made = [choices(script) for script in batch]
    together = start_columns([prefix for prefix, _ in made], [script[2] for script in batch])
    play(together, [draws for _, draws in made])
    for index, (prefix, draws) in enumerate(made):
        alone = start_columns([prefix], [batch[index][2]])
        play(alone, [draws])
        assert torch.equal(together.codes(index), alone.codes(0))
        assert together.frames()[index] == alone.frames()[0] == alone.codes(0).shape[1]


@settings(deadline=None)
@given(script=scripts)
def test_result_is_the_prefix_and_every_drawn_code_in_its_frame(script: Script) -> None:
    prefix, draws = choices(script)
    columns = start_columns([prefix], [script[2]])
    play(columns, [draws])
    codes = columns.codes(0)
    known, end = prefix.shape[1], script[3]
    ended = end is not None and 0 < end < script[2]
    assert codes.shape[1] == known + (end if ended and end is not None else script[2])
    assert torch.equal(codes[:, :known], prefix)
    for k in range(CODEBOOKS):
        for frame in range(known, codes.shape[1]):
            drawn = int(draws[frame - known + k, k])
            assert codes[k, frame] == (drawn if drawn < CODES else 0)


def test_steps_after_the_end_of_speech_are_nine() -> None:
    _, draws = choices((1, 0, 20, 5))
    columns = start_columns([torch.zeros(CODEBOOKS, 0, dtype=torch.long)], [20])
    columns.begin(draws[:1])
    calls = 1
    while int(columns.left) > 0:
        columns.advance(draws[calls : calls + 1])
        calls += 1
    assert calls == 5 + 9
    assert columns.codes(0).shape[1] == 5


def test_whole_frames_are_final_while_the_rest_is_made() -> None:
    prefix, draws = choices((2, 0, 30, 24))
    columns = start_columns([prefix], [30])
    columns.begin(draws[:1])
    seen = []
    for call in range(1, 24 + 9):
        columns.advance(draws[call : call + 1])
        seen.append((int(columns.frames()), columns.codes(0)))
    for count, codes in seen:
        assert codes.shape[1] == count
        assert torch.equal(codes, seen[-1][1][:, :count])


def test_history_is_the_last_columns_and_says_which_are_there() -> None:
    prefix = random_codes(1, torch.Generator().manual_seed(0))
    columns = start_columns([prefix], [5])
    history, there = columns.history(4)
    assert there[0, 0].tolist() == [False, False, True, True]
    assert torch.equal(history[0, :, -2:], delay(prefix)[:, :2])
    assert torch.equal(columns.current()[0], delay(prefix)[:, 1])


def test_first_codebook_alone_is_drawn_first() -> None:
    columns = start_columns([torch.zeros(CODEBOOKS, 0, dtype=torch.long)], [5])
    columns.begin(torch.full((1, CODEBOOKS), 7))
    assert columns.current()[0].tolist() == [7] + [MASK] * 8
