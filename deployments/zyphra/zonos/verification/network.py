"""The whole model on a text: prefix, layers, logits, and the generate loop on top."""

import gc
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from deployments.zyphra.zonos.backbone import sequence
from deployments.zyphra.zonos.checkpoint import checkpoint_shapes
from deployments.zyphra.zonos.conditioning import PHONEMES, Conditions
from deployments.zyphra.zonos.config import ZonosConfig, published_config, read_config
from deployments.zyphra.zonos.generate import known_columns, no_audio, prefill_rows
from deployments.zyphra.zonos.model import BRANCHES, Zonos, guide, make_zonos
from deployments.zyphra.zonos.standin import StandIn
from deployments.zyphra.zonos.verification.check import Check, Golden, worst
from deployments.zyphra.zonos.verification.runs import check_runs

PREFIX = 1e-5
LOGITS, LOGITS_FULL_SIZE = 1e-4, 2e-3
FULL_SIZE = 2048
BF16_LARGEST, BF16_MEAN = 0.1, 0.02
"""Of bf16 logits against the float32 ones, or where upstream's own are further off, OWN times
that: rounding differs from kernel to kernel."""
OWN = 1.25


def check_network(golden: Golden) -> Iterator[Check]:
    model = make_model(golden, torch.float32)
    tolerance = LOGITS if model.config.backbone.width < FULL_SIZE else LOGITS_FULL_SIZE
    conditions = stored_conditions(golden)
    prefix = model.prefix_conditioner.both(conditions)
    yield golden.close("prefix", prefix, "prefix_conditioning", PREFIX)
    yield from _prefills(golden, model, prefix, tolerance)
    yield from check_runs(golden, model, conditions, tolerance)
    # the next model is as large as this one: the memory must be free before it is made
    del model
    gc.collect()
    if "bf16.prefill_logits_cfg2" in golden.arrays:
        yield from _rounded(golden, conditions)


def _prefills(golden: Golden, model: Zonos, prefix: Tensor, tolerance: float) -> Iterator[Check]:
    outputs, hidden = _traced(model, prefill_rows(model, prefix, known_columns(no_audio())))
    errors = dict(_layers(golden, outputs, hidden))
    if errors:
        yield worst(golden.file, "layers", tolerance, errors)
    errors = dict(_logits(golden, "p0.", model.logits(hidden[:, -1])))
    if "audio_prefix_codes" in golden.arrays:
        known = known_columns(golden.tensor("audio_prefix_codes")[0])
        rows = prefill_rows(model, prefix, known)
        errors |= dict(_logits(golden, "p5.", model.logits(_traced(model, rows)[1][:, -1])))
    yield worst(golden.file, "prefill logits", tolerance, errors)


def _traced(model: Zonos, rows: Tensor) -> tuple[list[Tensor], Tensor]:
    """Every layer's output and the final hidden states of a prefill."""
    outputs: list[Tensor] = []
    hooks = [
        layer.register_forward_hook(lambda _module, _inputs, out: outputs.append(out))
        for layer in model.backbone.layers
    ]
    start = torch.zeros(BRANCHES, device=model.device, dtype=torch.long)
    time = rows.shape[1]
    hidden = model.backbone(rows, sequence(start, time), model.make_cache(BRANCHES, time))
    for hook in hooks:
        hook.remove()
    return outputs, hidden


def _layers(golden: Golden, outputs: list[Tensor], hidden: Tensor) -> Iterator[tuple[str, float]]:
    stored = {f"layer{index}_out": out for index, out in enumerate(outputs)}
    stored["norm_f_out"] = hidden
    stored["layers_last_position"] = torch.stack([out[:, -1] for out in outputs])
    for name, ours in stored.items():
        if name in golden.arrays:
            yield name, golden.close(name, ours, name, 0).error


def _logits(golden: Golden, case: str, logits: Tensor) -> Iterator[tuple[str, float]]:
    raw = f"{case}prefill_logits_raw"
    if raw in golden.arrays:
        columns = golden.arrays[raw].shape[-1]
        yield raw, golden.close(raw, logits[..., :columns], raw, 0).error
    for name in golden.arrays:
        start, found, scale = name.rpartition("prefill_logits_cfg")
        # a full-size file names its only prefill without a case
        if found and start == (case if f"{case}{found}{scale}" in golden.arrays else ""):
            guided = guide(logits, torch.tensor([float(scale)], device=logits.device))
            yield name, golden.close(name, guided, name, 0).error


def _rounded(golden: Golden, conditions: Conditions) -> Iterator[Check]:
    model = make_model(golden, torch.bfloat16)
    prefix = model.prefix_conditioner.both(conditions)
    _, hidden = _traced(model, prefill_rows(model, prefix, known_columns(no_audio())))
    guided = guide(model.logits(hidden[:, -1]), torch.tensor([2.0], device=model.device))
    exact = golden.tensor("p0.prefill_logits_cfg2")
    ours = _apart(guided, exact)
    theirs = _apart(golden.tensor("bf16.prefill_logits_cfg2"), exact)
    limits = (max(BF16_LARGEST, OWN * theirs[0]), max(BF16_MEAN, OWN * theirs[1]))
    for what, error, limit in zip(("largest", "mean"), ours, limits, strict=True):
        yield Check(golden.file, f"bf16 logits, {what}", error, limit)


def _apart(rounded: Tensor, exact: Tensor) -> tuple[float, float]:
    """The largest and the mean difference of the finite logits."""
    apart = (rounded - exact)[exact.isfinite()].abs()
    return float(apart.max()), float(apart.mean())


def stored_conditions(golden: Golden) -> dict[str, Tensor]:
    """The conditioners' values of the golden file; what is absent is unconditional."""
    names = [name for name in golden.arrays if name.startswith("cond.")]
    conditions = {name.removeprefix("cond."): golden.tensor(name).flatten() for name in names}
    return conditions | {PHONEMES: golden.tensor("phoneme_ids")[0]}


def make_model(golden: Golden, dtype: torch.dtype) -> Zonos:
    config = golden_config(golden.data["config"], golden.folder)
    scales = golden.data.get("weight_scale", ())
    weights = StandIn(checkpoint_shapes(config), golden.data["seed"], scales)
    return make_zonos(config, weights, golden.device, dtype)


def golden_config(config: dict[str, Any] | str, folder: Path) -> ZonosConfig:
    """A configuration as it stands in a golden file: whole, or the name of a file near it."""
    if not isinstance(config, str):
        return read_config(config)
    for place in (folder / config, folder.parent / config):
        if place.is_file():
            return read_config(json.loads(place.read_text(encoding="utf-8")))
    return published_config("hybrid" if "hybrid" in config else "transformer")
