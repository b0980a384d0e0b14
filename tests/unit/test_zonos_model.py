"""The network: chunks, slots, rows and branches do not change what a row gets."""

import pytest
import torch
from torch import Tensor

from deployments.zyphra.zonos.backbone import sequence
from deployments.zyphra.zonos.conditioning import MissingCondition
from deployments.zyphra.zonos.conditions import EMOTIONS, USUAL_EMOTION, Delivery, make_conditions
from deployments.zyphra.zonos.config import CODEBOOKS, EMBEDDED, EOS, MASK
from deployments.zyphra.zonos.generate import generate, known_columns, prefill, prefill_rows
from deployments.zyphra.zonos.model import ban_eos, guide
from deployments.zyphra.zonos.rotary import rotary
from deployments.zyphra.zonos.sampling import Sampling
from deployments.zyphra.zonos.symbols import LanguageUnknown
from tests.zonos import CPU, random_codes, tiny_model, tiny_utterance

both_variants = pytest.mark.parametrize("hybrid", [False, True])


def some_rows(rows: int, time: int) -> Tensor:
    return torch.randn(rows, time, 64, generator=torch.Generator().manual_seed(5))


def starts(*positions: int) -> Tensor:
    return torch.tensor(positions)


@both_variants
@pytest.mark.parametrize("chunk", [1, 7, 64, 100])
def test_prefill_in_chunks_is_prefill_at_once(hybrid: bool, chunk: int) -> None:
    model, rows = tiny_model(hybrid), some_rows(2, 150)
    whole = prefill(model, rows, model.make_cache(2, 150), chunk=150)
    assert torch.allclose(prefill(model, rows, model.make_cache(2, 150), chunk), whole, atol=1e-5)


@both_variants
def test_rows_at_their_own_positions_get_what_they_get_alone(hybrid: bool) -> None:
    model = tiny_model(hybrid)
    lengths, step = (3, 40, 17), some_rows(3, 1)
    cache = model.make_cache(3, 48)
    alone = []
    for row, length in enumerate(lengths):
        own, before = model.make_cache(1, 48), some_rows(1, length)
        for place in (own, cache.window(row, 1, 48)):
            model.backbone(before, sequence(starts(0), length), place)
        alone.append(model.backbone(step[row : row + 1], starts(length)[:, None], own))
    together = model.backbone(step, starts(*lengths)[:, None], cache)
    assert torch.allclose(together, torch.cat(alone), atol=1e-5)


@both_variants
def test_slot_that_was_used_before_is_as_good_as_new(hybrid: bool) -> None:
    model, rows = tiny_model(hybrid), some_rows(2, 20)
    fresh = model.backbone(rows, sequence(starts(0, 0), 20), model.make_cache(2, 64))
    used = model.make_cache(4, 64)
    model.backbone(some_rows(4, 60), sequence(starts(0, 0, 0, 0), 60), used)
    window = used.window(1, 2, 32)
    window.clear()
    again = model.backbone(rows, sequence(starts(0, 0), 20), window)
    assert torch.allclose(again, fresh, atol=1e-6)


def test_embedding_of_a_column_is_the_sum_over_its_codebooks() -> None:
    model = tiny_model()
    column = random_codes(1, torch.Generator().manual_seed(1))[:, 0]
    table = model.embeddings.view(CODEBOOKS, EMBEDDED, -1)
    expected = sum(table[k, int(column[k])] for k in range(CODEBOOKS))
    assert torch.allclose(model.embed(column), expected, atol=1e-6)


def test_last_column_of_the_logits_is_never_drawn() -> None:
    logits = tiny_model().logits(some_rows(2, 1)[:, 0])
    assert logits.shape == (2, CODEBOOKS, EMBEDDED)
    assert (logits[..., MASK] == float("-inf")).all()
    guided = guide(logits, torch.tensor([2.0]))
    assert (guided[..., MASK] == float("-inf")).all()
    assert torch.allclose(guided[0, :, :EOS], (2 * logits[0] - logits[1])[:, :EOS], atol=1e-5)


def test_only_the_first_codebook_may_end_the_speech() -> None:
    logits = ban_eos(torch.zeros(1, CODEBOOKS, EMBEDDED))
    assert logits[0, 0, EOS] == 0
    assert (logits[0, 1:, EOS] == float("-inf")).all()
    assert logits.isinf().sum() == CODEBOOKS - 1


def test_phoneme_rows_are_the_same_in_both_branches() -> None:
    model, ask = tiny_model(), tiny_utterance(1)
    prefix = model.prefix_conditioner.both(ask.conditions)
    phonemes = len(ask.conditions["espeak"])
    assert torch.equal(prefix[0, :phonemes], prefix[1, :phonemes])
    assert not torch.allclose(prefix[0, phonemes:], prefix[1, phonemes:])


def test_phonemes_cannot_be_left_out() -> None:
    with pytest.raises(MissingCondition, match="espeak"):
        tiny_model().prefix_conditioner({})


def test_prefill_ends_with_the_last_column_of_the_audio_prefix() -> None:
    model, ask = tiny_model(), tiny_utterance(1, prefix_frames=4)
    prefix = model.prefix_conditioner.both(ask.conditions)
    rows = prefill_rows(model, prefix, known_columns(ask.audio_prefix))
    assert rows.shape[1] == prefix.shape[1] + 5
    last = torch.full((CODEBOOKS,), MASK)
    last[:4] = torch.stack([ask.audio_prefix[k, 3 - k] for k in range(4)])
    assert torch.allclose(rows[0, -1], model.embed(last), atol=1e-6)


@both_variants
def test_same_utterance_gives_the_same_codes_and_another_seed_others(hybrid: bool) -> None:
    model, ask = tiny_model(hybrid), tiny_utterance(3)
    codes = generate(model, ask)
    assert codes.shape[0] == CODEBOOKS
    assert torch.equal(codes, generate(model, ask))
    assert not torch.equal(codes, generate(model, tiny_utterance(4)))


def test_audio_prefix_comes_first_in_the_result() -> None:
    ask = tiny_utterance(2, frames=6, prefix_frames=3, sampling=Sampling(temperature=0))
    codes = generate(tiny_model(), ask)
    assert torch.equal(codes[:, :3], ask.audio_prefix)
    assert 3 <= codes.shape[1] <= 9


def test_rotary_keeps_lengths_and_depends_on_distance_only() -> None:
    heads = torch.randn(1, 2, 3, 16, generator=torch.Generator().manual_seed(0))
    for interleaved in (True, False):

        def product(first: int, form: bool = interleaved) -> Tensor:
            turn = rotary(sequence(starts(first), 2), 16, form, torch.float32)
            turned = turn.turn(heads)
            return (turned[:, 0] * turned[:, 1]).sum(-1)

        turned = rotary(sequence(starts(9), 2), 16, interleaved, torch.float32).turn(heads)
        assert torch.allclose(turned.norm(dim=-1), heads.norm(dim=-1), atol=1e-5)
        assert torch.allclose(product(0), product(1000), atol=1e-3)


def test_emotion_is_divided_by_its_sum_and_left_unchanged() -> None:
    weights = [2.0, 0, 0, 0, 0, 0, 1, 1]
    conditions = make_conditions([2, 3], Delivery(emotion=weights), CPU)
    assert conditions["emotion"].tolist() == [0.5, 0, 0, 0, 0, 0, 0.25, 0.25]
    assert weights[0] == 2.0
    assert len(EMOTIONS) == len(USUAL_EMOTION) == 8


def test_what_is_none_is_left_to_the_model() -> None:
    conditions = make_conditions([2, 3], Delivery(emotion=None, fmax=None), CPU)
    assert {"emotion", "fmax", "speaker", "vqscore_8"}.isdisjoint(conditions)
    assert conditions["speaking_rate"].tolist() == [15.0]
    assert conditions["language_id"].tolist() == [24]


def test_language_the_model_does_not_know_is_refused() -> None:
    with pytest.raises(LanguageUnknown, match="tlh"):
        make_conditions([2, 3], Delivery(language="tlh"), CPU)
