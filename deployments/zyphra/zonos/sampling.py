"""Drawing codes from guided logits (SPEC section 6), every utterance by its own rules.

All utterances go through the same operations on the device; a rule that one of them does not use
leaves its numbers exactly as they are.
"""

from collections.abc import Callable, Sequence
from dataclasses import Field, dataclass, fields, replace
from typing import Any

import torch
from torch import Tensor

TINY = 1e-20


@dataclass(frozen=True, slots=True)
class Sampling:
    """How one utterance is drawn; 0 turns a filter off, temperature 0 takes the likeliest.

    ``linear``, ``conf`` and ``quad`` belong to the unified sampler, on if ``linear`` is.
    """

    temperature: float = 1.0
    top_p: float = 0.0
    top_k: int = 0
    min_p: float = 0.0
    linear: float = 0.0
    conf: float = 0.0
    quad: float = 0.0
    repetition_penalty: float = 3.0
    repetition_window: int = 2


USUAL = Sampling(min_p=0.1)


@dataclass(frozen=True, slots=True)
class SamplingRows:
    """The rules of a batch: a tensor [batch, 1, 1] for each number of Sampling.

    ``window`` is at least every utterance's window; ``filters`` are the steps that any of them
    needs. Both are known to the host, so that a step asks nothing of the device.
    """

    temperature: Tensor
    top_p: Tensor
    top_k: Tensor
    min_p: Tensor
    linear: Tensor
    conf: Tensor
    quad: Tensor
    repetition_penalty: Tensor
    repetition_window: Tensor
    window: int
    filters: tuple["Filter", ...]

    def first(self, count: int, asked: "Needs") -> "SamplingRows":
        """A view of the first ``count`` rules, which need no more than ``asked``."""
        views = {field.name: getattr(self, field.name)[:count] for field in fields(Sampling)}
        return replace(self, **views, window=asked.window, filters=asked.filters)

    def put(self, index: int, rule: Sampling) -> None:
        """Rule ``index`` becomes ``rule``; ``window`` and ``filters`` are as they were."""
        for field in fields(Sampling):
            getattr(self, field.name)[index] = getattr(rule, field.name)

    def move(self, place: int, index: int) -> None:
        for field in fields(Sampling):
            values = getattr(self, field.name)
            values[index] = values[place]


Filter = Callable[[Tensor, SamplingRows], Tensor]


@dataclass(frozen=True, slots=True)
class Needs:
    """What the rules of a batch ask for together; see SamplingRows."""

    window: int
    filters: tuple[Filter, ...]


def needs(rules: Sequence[Sampling]) -> Needs:
    """The window is rounded up to a power of two, so that few different ones occur; an older
    column than a rule asks for changes nothing."""
    wanted = {
        unified: any(rule.linear > 0 for rule in rules),
        top_p: any(rule.top_p > 0 for rule in rules),
        top_k: any(rule.top_k > 0 for rule in rules),
        min_p: any(rule.min_p > 0 for rule in rules),
    }
    longest = max(rule.repetition_window for rule in rules)
    return Needs(
        window=1 << max(longest - 1, 0).bit_length(),
        filters=tuple(filter_ for filter_, used in wanted.items() if used),
    )


def sampling_rows(rules: Sequence[Sampling], device: torch.device) -> SamplingRows:
    def column(field: Field[Any]) -> Tensor:
        values = [getattr(rule, field.name) for rule in rules]
        dtype = torch.long if isinstance(field.default, int) else torch.float
        return torch.tensor(values, device=device, dtype=dtype)[:, None, None]

    tensors = {field.name: column(field) for field in fields(Sampling)}
    asked = needs(rules)
    return SamplingRows(**tensors, window=asked.window, filters=asked.filters)


def penalise(logits: Tensor, history: Tensor, there: Tensor, rows: SamplingRows) -> Tensor:
    """The repetition penalty (6.2) on logits [batch, 9, columns].

    ``history`` [batch, 9, w] are the codes of the last w columns, the newest last, ``there``
    [batch, 1, w] whether a column exists. A code that occurs twice is penalised twice.
    """
    window, last = history.shape[2], logits.shape[2] - 1
    age = torch.arange(window - 1, -1, -1, device=logits.device)
    counted = there & (age < rows.repetition_window)
    each = torch.where(counted, rows.repetition_penalty, 1.0).expand(history.shape)
    factors = torch.ones_like(logits)
    factors = factors.scatter_reduce(2, history.clamp(0, last), each.to(logits.dtype), "prod")
    return torch.where(logits <= 0, logits * factors, logits / factors)


def probabilities(logits: Tensor, rows: SamplingRows) -> Tensor:
    """What is drawn from: [batch, 9, columns], each line summing to 1."""
    warm = torch.where(rows.temperature == 0, 1.0, rows.temperature)
    p = torch.softmax(logits / warm, -1)
    for filter_ in rows.filters:
        p = filter_(p, rows)
    return p


def unified(p: Tensor, rows: SamplingRows) -> Tensor:
    """6.3: sharper or flatter by the line's own entropy."""
    log = p.clamp(min=TINY).log()
    entropy = -(p * log).sum(-1, keepdim=True)
    bent = torch.softmax(log * (rows.linear + rows.conf * entropy) - log**2 * rows.quad, -1)
    return torch.where(rows.linear > 0, bent, p)


def top_p(p: Tensor, rows: SamplingRows) -> Tensor:
    """6.4: drops a code if those likelier than it already have more than top_p together."""
    ordered, order = p.sort(dim=-1, descending=True)
    dropped = ordered.cumsum(-1) - ordered > rows.top_p
    dropped = torch.zeros_like(dropped).scatter(-1, order, dropped)
    return _without(p, dropped, rows.top_p > 0)


def top_k(p: Tensor, rows: SamplingRows) -> Tensor:
    """6.5: keeps what is at least as likely as the k-th; ties all stay."""
    rank = (rows.top_k.clamp(1, p.shape[-1]) - 1).expand(*p.shape[:-1], 1)
    least = p.sort(dim=-1, descending=True).values.gather(-1, rank)
    return _without(p, p < least, rows.top_k > 0)


def min_p(p: Tensor, rows: SamplingRows) -> Tensor:
    """6.6: drops what is less likely than min_p times the likeliest."""
    return _without(p, p < rows.min_p * p.amax(-1, keepdim=True), rows.min_p > 0)


def _without(p: Tensor, dropped: Tensor, used: Tensor) -> Tensor:
    kept = torch.where(dropped, 0.0, p)
    return torch.where(used, kept / kept.sum(-1, keepdim=True), p)


def draw(p: Tensor, noise: Tensor) -> Tensor:
    """6.7: one code a line [batch, 9], by exponential noise of the shape of ``p``."""
    return (p / noise).argmax(-1)


def sample(logits: Tensor, rows: SamplingRows, noise: Tensor) -> Tensor:
    """Codes [batch, 9] from penalised logits."""
    drawn = draw(probabilities(logits, rows), noise)
    return torch.where(rows.temperature[:, 0] == 0, logits.argmax(-1), drawn)
