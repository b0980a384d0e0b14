"""One utterance, one step after the other: the reference that everything faster must equal."""

from collections.abc import Callable
from dataclasses import dataclass, field

import torch
from torch import Tensor

from deployments.zyphra.zonos.backbone import sequence
from deployments.zyphra.zonos.cache import Cache
from deployments.zyphra.zonos.columns import Columns, start_columns
from deployments.zyphra.zonos.conditioning import Conditions
from deployments.zyphra.zonos.config import CODEBOOKS, EMBEDDED
from deployments.zyphra.zonos.delay import delay
from deployments.zyphra.zonos.model import BRANCHES, Zonos, ban_eos, guide
from deployments.zyphra.zonos.noise import exponential
from deployments.zyphra.zonos.sampling import USUAL, Sampling, penalise, sample, sampling_rows

MOST_FRAMES = 86 * 30
PREFILL_CHUNK = 512
"""Rows of a prefill that go through the model at once."""


def no_audio() -> Tensor:
    return torch.zeros(CODEBOOKS, 0, dtype=torch.long)


@dataclass(frozen=True, slots=True, eq=False)
class Utterance:
    """What is to be spoken. ``audio_prefix`` [9, frames] is sound that it goes on from;
    ``frames`` the most that may be added; ``seed`` with the rest settles the result."""

    conditions: Conditions
    audio_prefix: Tensor = field(default_factory=no_audio)
    frames: int = MOST_FRAMES
    guidance: float = 2.0
    sampling: Sampling = USUAL
    seed: int = 0


Choose = Callable[[Tensor, Columns], Tensor]
"""Guided logits [1, 9, 1026] and the columns so far -> codes [1, 9] of the next column."""


@torch.inference_mode()
def generate(model: Zonos, ask: Utterance, choose: Choose | None = None) -> Tensor:
    """Codes [9, frames], the audio prefix included and the end-of-speech not.

    ``choose`` takes the place of the utterance's own sampling.
    """
    columns = loop(model, ask, choose or sampler(ask, model.device))
    return columns.codes(0)


def loop(model: Zonos, ask: Utterance, choose: Choose) -> Columns:
    """The whole generate loop; returns its last state."""
    columns = start_columns([ask.audio_prefix.to(model.device)], [ask.frames])
    prefix = model.prefix_conditioner.both(ask.conditions)
    offset, count = prefix.shape[1], columns.cells.shape[2]
    cache = model.make_cache(BRANCHES, offset + count)
    scale = torch.tensor([ask.guidance], device=model.device)
    hidden = prefill(model, prefill_rows(model, prefix, ask.audio_prefix), cache)
    columns.begin(choose(guide(model.logits(hidden), scale), columns))
    while int(columns.left) > 0:
        logits = step(model, columns, columns.column + offset, cache)
        columns.advance(choose(ban_eos(guide(logits, scale)), columns))
    return columns


def prefill_rows(model: Zonos, prefix: Tensor, audio_prefix: Tensor) -> Tensor:
    """Both branches' prefill [2, length + P + 1, width]: the conditioning, then the delayed columns
    0 to P of the audio prefix [9, P]."""
    seen = delay(audio_prefix.to(model.device))[:, : audio_prefix.shape[1] + 1].T
    return torch.cat([prefix, model.embed(seen).expand(BRANCHES, -1, -1)], 1)


def prefill(model: Zonos, rows: Tensor, cache: Cache, chunk: int = PREFILL_CHUNK) -> Tensor:
    """Runs ``rows`` [2, n, width] into an empty cache; returns the last hidden states [2, width],
    chunk by chunk."""
    hidden = rows
    for first in range(0, rows.shape[1], chunk):
        piece = rows[:, first : first + chunk]
        start = torch.full((len(rows),), first, device=rows.device)
        hidden = model.backbone(piece, sequence(start, piece.shape[1]), cache)
    return hidden[:, -1]


def step(model: Zonos, columns: Columns, positions: Tensor, cache: Cache) -> Tensor:
    """One decode step: the last columns of the batch, at ``positions`` [batch], to raw logits
    [2 batch, 9, 1026]."""
    x = model.embed(columns.current()).repeat_interleave(BRANCHES, 0)
    at = positions.repeat_interleave(BRANCHES, 0)
    return model.logits(model.backbone(x[:, None], at[:, None], cache)[:, 0])


def sampler(ask: Utterance, device: torch.device) -> Choose:
    """The utterance's own rules and random stream. The first draw knows no repetition."""
    rows = sampling_rows([ask.sampling], device)
    seeds = torch.tensor([ask.seed], device=device)
    first = ask.audio_prefix.shape[1]

    def choose(logits: Tensor, columns: Columns) -> Tensor:
        noise = exponential(seeds, columns.column, CODEBOOKS, EMBEDDED)
        if int(columns.column) > first:
            logits = penalise(logits, *columns.history(rows.window), rows)
        return sample(logits, rows, noise)

    return choose
