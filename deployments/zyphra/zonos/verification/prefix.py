"""Each conditioner by itself, and the projection and norm common to all."""

import re
from collections.abc import Iterator

import torch
from torch import Tensor

from deployments.zyphra.zonos.checkpoint import checkpoint_shapes
from deployments.zyphra.zonos.conditioning import (
    PHONEMES,
    Conditioner,
    PrefixConditioner,
)
from deployments.zyphra.zonos.config import Projection, ZonosConfig, read_config
from deployments.zyphra.zonos.standin import StandIn
from deployments.zyphra.zonos.verification.check import Check, Golden, largest, worst

FLOAT32 = 1e-5
BF16 = 2**-7
"""One step of bf16 between 1 and 2: kernels round in other orders."""
NAME = "prefix_conditioner."


def check_conditioners(golden: Golden) -> Iterator[Check]:
    for width in golden.data["dims"]:
        errors = dict(_values(golden, width, torch.float32, "out"))
        errors |= dict(_unconditional(golden, width))
        errors |= dict(_phonemes(golden, width))
        yield worst(golden.file, f"width {width}", FLOAT32, errors)
        rounded = dict(_values(golden, width, torch.bfloat16, "bf16_out"))
        if rounded:
            yield worst(golden.file, f"width {width}, bf16", BF16, rounded)
    projections = dict(_projections(golden))
    yield worst(golden.file, "projections", FLOAT32, projections)


def _values(
    golden: Golden, width: int, dtype: torch.dtype, out: str
) -> Iterator[tuple[str, float]]:
    for conditioner in _conditioners(golden, width, dtype):
        name = conditioner.config.name
        for case, value in _cases(golden, name):
            stored = f"d{width}.{name}.{out}{case}"
            if stored in golden.arrays:
                yield stored, largest(conditioner(value)[None], golden.arrays[stored])


def _cases(golden: Golden, name: str) -> Iterator[tuple[int, Tensor]]:
    for index, value in enumerate(golden.data["values"].get(name, ())):
        given = f"{name}.in{index}"
        if given in golden.arrays:
            yield index, golden.tensor(given)
        else:
            yield index, torch.tensor(value, device=golden.device)


def _unconditional(golden: Golden, width: int) -> Iterator[tuple[str, float]]:
    for conditioner in _conditioners(golden, width, torch.float32):
        stored = f"d{width}.{conditioner.config.name}.uncond"
        if stored in golden.arrays:
            yield stored, largest(conditioner(None)[None], golden.arrays[stored])


def _phonemes(golden: Golden, width: int) -> Iterator[tuple[str, float]]:
    stored = f"d{width}.{PHONEMES}.out"
    if stored in golden.arrays:
        ids = golden.tensor(f"d{width}.{PHONEMES}.ids")[0]
        first = next(iter(_conditioners(golden, width, torch.float32)))
        yield stored, largest(first(ids)[None], golden.arrays[stored])


def _projections(golden: Golden) -> Iterator[tuple[str, float]]:
    for case in golden.names(".proj_in"):
        found = re.fullmatch(r"d(\d+)\.(none|linear|mlp)", case)
        assert found is not None
        kind: Projection = found[2]  # type: ignore[assignment]  # the pattern names all three
        prefix = _prefix(golden, int(found[1]), kind, torch.float32)
        ours = prefix.norm(prefix.project(golden.tensor(f"{case}.proj_in")))
        yield case, largest(ours, golden.arrays[f"{case}.proj_norm_out"])


def _conditioners(golden: Golden, width: int, dtype: torch.dtype) -> Iterator[Conditioner]:
    for conditioner in _prefix(golden, width, "linear", dtype).conditioners:
        assert isinstance(conditioner, Conditioner)
        yield conditioner


def _prefix(
    golden: Golden, width: int, projection: Projection, dtype: torch.dtype
) -> PrefixConditioner:
    config = _config(golden, width, projection)
    shapes = {k: v for k, v in checkpoint_shapes(config).items() if k.startswith(NAME)}
    weights = StandIn(shapes, golden.data["seed"], golden.data.get("weight_scale", ()))
    with torch.device("meta"):
        prefix = PrefixConditioner(config)
    state = {key.removeprefix(NAME): weights[key].to(golden.device, dtype) for key in weights}
    prefix.load_state_dict(state, assign=True)
    return prefix.requires_grad_(False)


def _config(golden: Golden, width: int, projection: Projection) -> ZonosConfig:
    """The conditioners of the golden file; of the backbone only the width matters here."""
    entry = {"conditioners": golden.data["conditioners"], "projection": projection}
    backbone = {
        "d_model": width,
        "n_layer": 0,
        "attn_layer_idx": [],
        "attn_mlp_d_intermediate": width,
        "ssm_cfg": {},
        "attn_cfg": {"num_heads": 1, "num_heads_kv": 1},
        "norm_epsilon": 1e-5,
    }
    return read_config({"backbone": backbone, "prefix_conditioner": entry})
