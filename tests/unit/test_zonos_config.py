"""The configuration is read and refused early; its keys are those of the published checkpoints."""

from math import prod
from typing import Any

import pytest
import torch

from deployments.zyphra.zonos.cache import bytes_a_row
from deployments.zyphra.zonos.checkpoint import checkpoint_shapes
from deployments.zyphra.zonos.config import (
    ConfigUnsupported,
    Variant,
    published_config,
    read_config,
)
from tests.zonos import tiny_config, tiny_data, tiny_model


@pytest.mark.parametrize(
    ("variant", "keys", "elements"),
    [("transformer", 246, 1_624_411_136), ("hybrid", 482, 1_651_820_416)],
)
def test_published_models_have_as_many_keys_and_elements_as_specified(
    variant: Variant, keys: int, elements: int
) -> None:
    shapes = checkpoint_shapes(published_config(variant))
    assert len(shapes) == keys
    assert sum(prod(shape) for shape in shapes.values()) == elements


def test_transformer_always_interleaves_and_hybrid_only_if_it_says_so() -> None:
    said = tiny_data(hybrid=True)
    said["backbone"]["attn_cfg"]["rotary_emb_interleaved"] = True
    assert tiny_config().backbone.rotary_interleaved
    assert not tiny_config(hybrid=True).backbone.rotary_interleaved
    assert read_config(said).backbone.rotary_interleaved


@pytest.mark.parametrize(
    ("place", "value", "named"),
    [
        ("eos_token_id", 7, "eos_token_id: 7"),
        ("backbone.rms_norm", True, "rms_norm: True"),
        ("backbone.d_intermediate", 64, "d_intermediate: 64"),
        ("backbone.attn_cfg.qkv_proj_bias", True, "qkv_proj_bias: True"),
        ("backbone.attn_cfg.rotary_emb_dim", 8, "rotary_emb_dim: 8"),
        ("backbone.attn_layer_idx", [0, 2], "attn_layer_idx"),
        ("backbone.ssm_cfg", {"layer": "Mamba1"}, "layer: 'Mamba1'"),
        ("backbone.ssm_cfg", {"layer": "Mamba2", "ngroups": 2}, "ssm_cfg: ngroups"),
    ],
)
def test_unknown_architectures_are_refused_by_name(place: str, value: Any, named: str) -> None:
    data = tiny_data()
    *way, last = place.split(".")
    entry = data
    for key in way:
        entry = entry[key]
    entry[last] = value
    with pytest.raises(ConfigUnsupported, match=named):
        read_config(data)


def test_unknown_conditioner_is_refused_but_unknown_keys_of_one_are_not() -> None:
    data = tiny_data()
    known = {**data["prefix_conditioner"]["conditioners"][2], "comment": "ignored"}
    data["prefix_conditioner"]["conditioners"] = [known]
    assert read_config(data).conditioners[0].name == "pitch_std"
    data["prefix_conditioner"]["conditioners"] = [known | {"type": "WaveConditioner"}]
    with pytest.raises(ConfigUnsupported, match="WaveConditioner"):
        read_config(data)


def test_memory_of_a_row_is_as_specified() -> None:
    assert bytes_a_row(published_config("transformer").backbone, 1, torch.bfloat16) == 53_248


@pytest.mark.parametrize("hybrid", [False, True])
def test_memory_of_a_row_is_what_a_cache_takes(hybrid: bool) -> None:
    cache = tiny_model(hybrid).make_cache(rows=3, positions=16)
    tensors = [t for layer in cache.layers for t in (getattr(layer, n) for n in layer.__slots__)]
    taken = sum(tensor.numel() * tensor.element_size() for tensor in tensors)
    assert taken == 3 * bytes_a_row(tiny_config(hybrid).backbone, 16, tiny_model().dtype)
