"""From logits to columns: delay pattern, sampler, generate loop."""

from collections.abc import Iterator

import torch

from deployments.zyphra.zonos.columns import Columns, start_columns
from deployments.zyphra.zonos.delay import delay, undelay
from deployments.zyphra.zonos.generate import no_audio
from deployments.zyphra.zonos.sampling import (
    Sampling,
    draw,
    penalise,
    probabilities,
    sampling_rows,
)
from deployments.zyphra.zonos.verification.check import Check, Golden, differing, largest, worst

SAMPLER = 1e-6


def check_delay(golden: Golden) -> Iterator[Check]:
    for case in golden.names(".codes"):
        delayed = delay(golden.tensor(f"{case}.codes"))
        yield golden.exact(f"{case} delayed", delayed, f"{case}.delayed")
        if f"{case}.reverted" in golden.arrays:
            yield golden.exact(f"{case} reverted", undelay(delayed), f"{case}.reverted")


def check_loop(golden: Golden) -> Iterator[Check]:
    """The network replaced by a table of choices."""
    for case, facts in golden.data.items():
        columns, calls = _scripted(golden, case, facts["max_new_tokens"])
        yield golden.exact(f"{case} columns", columns.cells[0], f"{case}.delayed_aligned")
        yield golden.exact(f"{case} codes", columns.codes(0), f"{case}.codes_aligned")
        yield Check(golden.file, f"{case} calls", abs(calls - facts["model_calls"]), 0)


def _scripted(golden: Golden, case: str, frames: int) -> tuple[Columns, int]:
    prefix = f"{case}.prefix_codes"
    known = golden.tensor(prefix) if prefix in golden.arrays else no_audio().to(golden.device)
    script = golden.tensor(f"{case}.script")
    columns = start_columns([known], [frames])
    columns.begin(script[:1])
    calls = 1
    while int(columns.left) > 0:
        columns.advance(script[calls : calls + 1])
        calls += 1
    return columns, calls


def check_sampler(golden: Golden) -> Iterator[Check]:
    errors, wrong = {}, 0.0
    for case, facts in golden.data["cases"].items():
        p = _probabilities(golden, facts)
        if f"{case}.probs" in golden.arrays:
            errors[case] = largest(p, golden.arrays[f"{case}.probs"])
        wrong += differing(p.argmax(-1, keepdim=True), golden.arrays[f"{case}.argmax"])
    yield worst(golden.file, "probabilities", SAMPLER, errors)
    yield Check(golden.file, "argmax", wrong, 0)
    yield worst(golden.file, "repetition penalty", SAMPLER, dict(_penalties(golden)))
    drawn = dict(_draws(golden))
    yield worst(golden.file, "draws", 0, drawn)


def _probabilities(golden: Golden, facts: dict[str, dict[str, float]]) -> torch.Tensor:
    logits = golden.tensor(f"logits.{facts['logits']}")
    rules = Sampling(**facts["params"])  # type: ignore[arg-type]  # of a json file
    return probabilities(logits, sampling_rows([rules] * len(logits), golden.device))


def _penalties(golden: Golden) -> Iterator[tuple[str, float]]:
    for case, facts in golden.data["rep_penalty"].items():
        logits = golden.tensor(f"logits.{facts['logits']}")
        history = golden.tensor(f"{case}.tokens")[..., -facts["window"] :]
        rule = Sampling(repetition_penalty=facts["penalty"], repetition_window=facts["window"])
        there = torch.ones(len(logits), 1, history.shape[2], dtype=torch.bool, device=logits.device)
        rows = sampling_rows([rule] * len(logits), golden.device)
        penalised = penalise(logits, history, there, rows)
        yield case, largest(penalised, golden.arrays[f"{case}.logits"])


def _draws(golden: Golden) -> Iterator[tuple[str, float]]:
    for case in golden.names(".exp_noise"):
        tokens = draw(golden.tensor(f"{case}.probs"), golden.tensor(f"{case}.exp_noise"))
        yield case, differing(tokens[..., None], golden.arrays[f"{case}.token"])
