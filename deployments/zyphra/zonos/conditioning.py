"""Prefix conditioning (SPEC section 4): what is to be said, and how, as rows before the sound."""

import math
from collections.abc import Mapping

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor, nn

from deployments.zyphra.zonos.config import (
    PHONEME_IDS,
    ConditionerConfig,
    Projection,
    ZonosConfig,
)

Conditions = Mapping[str, Tensor]
"""Values by conditioner name: ``espeak`` ids [n], ``speaker`` [128], the others [values].

A conditioner that is not named is unconditional; names the model does not have are ignored.
"""
PHONEMES = "espeak"


class Conditioner(nn.Module):
    """One conditioner: value -> rows [n, width]."""

    def __init__(self, config: ConditionerConfig, width: int) -> None:
        super().__init__()
        self.config = config
        inputs = config.size if config.kind == "passthrough" else width
        self.project = make_projection(config.projection, inputs, width)
        if config.learned_unconditional:
            self.uncond_vector = nn.Parameter(torch.empty(width))
        if config.kind == "phonemes":
            self.phoneme_embedder = nn.Embedding(PHONEME_IDS, width)
        elif config.kind == "fourier":
            self.weight = nn.Parameter(torch.empty(width // 2, config.size))
        elif config.kind == "integer":
            self.int_embedder = nn.Embedding(round(config.maximum - config.minimum) + 1, width)

    def forward(self, value: Tensor | None) -> Tensor:
        if value is None:
            return self.uncond_vector[None]
        rows: Tensor = self.project(self._rows(value))
        return rows

    def _rows(self, value: Tensor) -> Tensor:
        if self.config.kind == "phonemes":
            return self.phoneme_embedder(value)  # type: ignore[no-any-return]
        if self.config.kind == "integer":
            index = value.long().reshape(1) - round(self.config.minimum)
            return self.int_embedder(index)  # type: ignore[no-any-return]
        if self.config.kind == "fourier":
            return self._fourier(value.reshape(1, -1))
        return value.reshape(1, -1).to(self.uncond_vector.dtype)

    def _fourier(self, value: Tensor) -> Tensor:
        """cos and sin of 2 pi u W^T. The order of rounding is the reference's: u in float32, then
        everything in the weights' precision."""
        span = self.config.maximum - self.config.minimum
        share = ((value.float() - self.config.minimum) / span).to(self.weight.dtype)
        phases = F.linear(2 * math.pi * share, self.weight)
        return torch.cat([phases.cos(), phases.sin()], -1)


class PrefixConditioner(nn.Module):
    def __init__(self, config: ZonosConfig) -> None:
        super().__init__()
        width = config.backbone.width
        self.conditioners = nn.ModuleList(Conditioner(c, width) for c in config.conditioners)
        self.project = make_projection(config.projection, width, width)
        self.norm = nn.LayerNorm(width, 1e-5)

    def forward(self, conditions: Conditions) -> Tensor:
        """The rows of one branch [length, width]. Raises MissingCondition."""
        rows = []
        for conditioner in self.conditioners:
            assert isinstance(conditioner, Conditioner)
            value = conditions.get(conditioner.config.name)
            if value is None and not conditioner.config.learned_unconditional:
                raise MissingCondition(conditioner.config.name)
            rows.append(conditioner(value))
        prefix: Tensor = self.norm(self.project(torch.cat(rows)))
        return prefix

    def length(self, conditions: Conditions) -> int:
        """How many rows the prefix will have. Raises MissingCondition."""
        if PHONEMES not in conditions:
            raise MissingCondition(PHONEMES)
        return len(conditions[PHONEMES]) + len(self.conditioners) - 1

    def both(self, conditions: Conditions) -> Tensor:
        """Both branches of guidance [2, length, width]: as asked, and with the same phonemes only.

        The phonemes stand first, so their rows are the same in both.
        """
        unconditional = {PHONEMES: conditions[PHONEMES]}
        return torch.stack([self(conditions), self(unconditional)])


class MissingCondition(ValueError):
    """A condition was left out that has no unconditional form."""


def make_projection(kind: Projection, inputs: int, width: int) -> nn.Module:
    if kind == "none":
        return nn.Identity()
    if kind == "linear":
        return nn.Linear(inputs, width)
    return nn.Sequential(nn.Linear(inputs, width), nn.SiLU(), nn.Linear(width, width))
