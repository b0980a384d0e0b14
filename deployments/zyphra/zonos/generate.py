"""One utterance, one step after the other: the reference that everything faster must equal."""

from collections.abc import Callable
from dataclasses import dataclass, field

import torch
from torch import Tensor

from deployments.zyphra.zonos.backbone import sequence
from deployments.zyphra.zonos.cache import Cache
from deployments.zyphra.zonos.columns import Columns, start_columns
from deployments.zyphra.zonos.conditioning import PHONEMES, Conditions
from deployments.zyphra.zonos.config import CODEBOOKS, EMBEDDED
from deployments.zyphra.zonos.delay import delay
from deployments.zyphra.zonos.model import BRANCHES, Zonos, ban_eos, guide
from deployments.zyphra.zonos.noise import exponential
from deployments.zyphra.zonos.sampling import USUAL, Sampling, penalise, sample, sampling_rows

MOST_FRAMES = 86 * 30
PREFILL_CHUNK = 512
"""Rows of a prefill that go through the model at once."""
SPAN_MULTIPLE = 64
"""A chunk of it looks at as many positions as are filled then, rounded up to this."""


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
    rows = prefill_rows(model, prefix, known_columns(ask.audio_prefix))
    hidden = prefill(model, rows, cache, shared=shared_rows(ask.conditions))
    columns.begin(choose(guide(model.logits(hidden), scale), columns))
    while int(columns.left) > 0:
        logits = step(model, columns, columns.column + offset, cache)
        columns.advance(choose(ban_eos(guide(logits, scale)), columns))
    return columns


def known_columns(audio_prefix: Tensor) -> Tensor:
    """The columns [9, P + 1] that are whole before anything is drawn."""
    return delay(audio_prefix)[:, : audio_prefix.shape[1] + 1]


def prefill_rows(model: Zonos, prefix: Tensor, known: Tensor) -> Tensor:
    """Both branches' prefill [2, length + n, width]: the conditioning, then columns [9, n]."""
    seen = known.to(model.device).T
    return torch.cat([prefix, model.embed(seen).expand(BRANCHES, -1, -1)], 1)


def shared_rows(conditions: Conditions) -> int:
    """How many rows of a prefill are the same in both branches: the phonemes (SPEC section 4)."""
    return len(conditions[PHONEMES])


class Prefill:
    """Runs ``rows`` [2, n, width] into an empty cache, ``chunk`` rows at a time.

    The first ``shared`` of them are the same in both branches and, as attention is causal, so is
    all that follows from them: they are run once and their keys, values and states copied. The
    branches do not share the storage: attention reads a row's positions in one go, and a second
    read for the shared ones would cost every step more launches than the few rows of phonemes
    cost it in bandwidth.
    """

    def __init__(
        self, model: Zonos, rows: Tensor, cache: Cache, shared: int, chunk: int = PREFILL_CHUNK
    ) -> None:
        self._model, self._rows, self._cache = model, rows, cache
        self._shared, self._chunk, self._done = shared, chunk, 0

    @property
    def positions(self) -> int:
        return self._rows.shape[1]

    def advance(self) -> Tensor | None:
        """The next chunk; after the last one, the last hidden states [2, width]."""
        until = min(self._done + self._chunk, self.positions)
        if self._done < self._shared:
            once = min(until, self._shared)
            hidden = self._run(once, 1)
            if once == self._shared:
                self._cache.move(0, 1, 1, once)
        if self._done < until:
            hidden = self._run(until, BRANCHES)
        return hidden[:, -1].expand(BRANCHES, -1) if until == self.positions else None

    def _run(self, until: int, branches: int) -> Tensor:
        chunk = self._rows[:branches, self._done : until]
        start = torch.full((branches,), self._done, device=chunk.device)
        cache = self._cache.window(0, branches, -(-until // SPAN_MULTIPLE) * SPAN_MULTIPLE)
        hidden: Tensor = self._model.backbone(chunk, sequence(start, chunk.shape[1]), cache)
        self._done = until
        return hidden


def prefill(
    model: Zonos, rows: Tensor, cache: Cache, chunk: int = PREFILL_CHUNK, shared: int = 0
) -> Tensor:
    """The whole of it; see Prefill."""
    running = Prefill(model, rows, cache, shared, chunk)
    while (hidden := running.advance()) is None:
        pass
    return hidden


def step(model: Zonos, columns: Columns, positions: Tensor, cache: Cache) -> Tensor:
    """One decode step: the last columns of the batch, at ``positions`` [batch], to raw logits
    [2 batch, 9, 1026]."""
    x = model.embed(columns.current()).repeat_interleave(BRANCHES, 0)
    at = positions.repeat_interleave(BRANCHES, 0)
    return model.logits(model.backbone(x[:, None], at[:, None], cache)[:, 0])


def first_draw(model: Zonos, ask: Utterance, hidden: Tensor, columns: Columns) -> Tensor:
    """Codes [1, 9] from a prefill's last hidden states [2, width]: nothing is banned yet, and no
    repetition known."""
    scale = torch.tensor([ask.guidance], device=model.device)
    seeds = torch.tensor([ask.seed], device=model.device)
    noise = exponential(seeds, columns.column, CODEBOOKS, EMBEDDED)
    rules = sampling_rows([ask.sampling], model.device)
    return sample(guide(model.logits(hidden), scale), rules, noise)


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
