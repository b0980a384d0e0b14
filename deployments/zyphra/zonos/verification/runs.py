"""Greedy runs, teacher-forced: the golden codes are fed whatever ours would have been."""

from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor

from deployments.zyphra.zonos.columns import Columns
from deployments.zyphra.zonos.conditioning import Conditions
from deployments.zyphra.zonos.generate import Utterance, loop, no_audio
from deployments.zyphra.zonos.model import Zonos
from deployments.zyphra.zonos.sampling import Sampling, penalise, sampling_rows
from deployments.zyphra.zonos.verification.check import Check, Golden, largest

SURE = 1e-3
"""A code is compared where its logit leads by this much."""
FULL_SIZE_RUN = {"cfg_scale": 2.0, "sampling_params": {"temperature": 0.0}, "prefix_len": 0}
"""A full-size file does not list its run; it is the first steps of this one."""


class Teacher:
    """Chooses the golden codes, and keeps our logits and where our own choice differs."""

    def __init__(self, golden: Golden, case: str, rules: Sampling, first: int) -> None:
        aligned = f"{case}.delayed_codes_aligned"
        name = aligned if aligned in golden.arrays else f"{case}.delayed_codes"
        self._columns = golden.tensor(name)
        self._rows = sampling_rows([rules], golden.device)
        self._first = first
        self.logits: list[Tensor] = []
        self.wrong = 0

    def __call__(self, logits: Tensor, columns: Columns) -> Tensor:
        """Codes [1, 9]; ours in cells that hold no draw."""
        self.logits.append(logits.clone())
        if int(columns.column) > self._first:
            logits = penalise(logits, *columns.history(self._rows.window), self._rows)
        ours = logits.argmax(-1)
        at = int(columns.column) + 1
        if at >= self._columns.shape[1]:
            return ours
        best = logits.topk(2).values
        sure = best[..., 0] - best[..., 1] > SURE
        theirs = self._columns[None, :, at]
        drawn = columns.cells[:, :, at] < 0
        self.wrong += int((drawn & sure & (ours != theirs)).sum())
        return torch.where(drawn, theirs, ours)


def check_runs(
    golden: Golden, model: Zonos, conditions: Conditions, tolerance: float
) -> Iterator[Check]:
    for case in golden.names(".logits"):
        run = golden.data.get("runs", {}).get(case, FULL_SIZE_RUN)
        stored = golden.arrays[f"{case}.logits"]
        rules = Sampling(**run["sampling_params"])
        teacher = Teacher(golden, case, rules, run["prefix_len"])
        columns = loop(model, _utterance(golden, conditions, run, len(stored)), teacher)
        logits = torch.cat(teacher.logits[: len(stored)])
        yield Check(golden.file, f"{case} logits", largest(logits, stored), tolerance)
        yield Check(golden.file, f"{case} choices", teacher.wrong, 0)
        if f"{case}.codes_aligned" in golden.arrays:
            yield golden.exact(f"{case} codes", columns.codes(0), f"{case}.codes_aligned")


def _utterance(
    golden: Golden, conditions: Conditions, run: dict[str, Any], calls: int
) -> Utterance:
    frames, known = run["prefix_len"], no_audio()
    if frames:
        known = golden.tensor("audio_prefix_codes")[0, :, :frames]
    return Utterance(conditions, known, run.get("max_new_tokens", calls - 1), run["cfg_scale"])
