"""What a checkpoint's ``config.json`` says of its network, typed and refused early."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, Literal

CODEBOOKS = 9
CODES = 1024
EOS, MASK = 1024, 1025
EMBEDDED = 1026
"""Rows of an embedding: codes, EOS and MASK. Logits have as many columns, the last always -inf."""
HEAD_ROWS = 1025
"""Rows of a head as stored: codes and EOS."""
PHONEME_IDS = 189
FRAMES_PER_SECOND = 44_100 / 512

ConditionerKind = Literal["phonemes", "passthrough", "fourier", "integer"]
Projection = Literal["none", "linear", "mlp"]
Variant = Literal["transformer", "hybrid"]

_KINDS: dict[str, ConditionerKind] = {
    "EspeakPhonemeConditioner": "phonemes",
    "PassthroughConditioner": "passthrough",
    "FourierConditioner": "fourier",
    "IntegerConditioner": "integer",
}
_MLP_MULTIPLE = 128


class ConfigUnsupported(ValueError):
    """The configuration asks for something that no published Zonos has."""


@dataclass(frozen=True, slots=True)
class MambaConfig:
    """A Mamba2 mixer (SPEC 2.5); ``channels`` are what its convolution runs over."""

    inner: int
    state: int
    head_width: int
    kernel: int

    @property
    def heads(self) -> int:
        return self.inner // self.head_width

    @property
    def channels(self) -> int:
        return self.inner + 2 * self.state


@dataclass(frozen=True, slots=True)
class BackboneConfig:
    """``attention_layers`` are the layers with attention and MLP; the others are Mamba2 mixers."""

    width: int
    layers: int
    attention_layers: frozenset[int]
    heads: int
    kv_heads: int
    mlp_width: int
    norm_epsilon: float
    rotary_interleaved: bool
    mamba: MambaConfig | None

    @property
    def head_width(self) -> int:
        return self.width // self.heads


@dataclass(frozen=True, slots=True)
class ConditionerConfig:
    """One conditioner. ``size``: values it takes (fourier), their width (passthrough)."""

    kind: ConditionerKind
    name: str
    size: int
    minimum: float
    maximum: float
    learned_unconditional: bool
    projection: Projection


@dataclass(frozen=True, slots=True)
class ZonosConfig:
    backbone: BackboneConfig
    conditioners: tuple[ConditionerConfig, ...]
    projection: Projection


def read_config(data: Mapping[str, Any]) -> ZonosConfig:
    """Reads ``config.json``. Raises ConfigUnsupported, naming the key that is not understood."""
    _require(data, "eos_token_id", EOS)
    _require(data, "masked_token_id", MASK)
    prefix = data["prefix_conditioner"]
    return ZonosConfig(
        backbone=_backbone(data["backbone"]),
        conditioners=tuple(_conditioner(entry) for entry in prefix["conditioners"]),
        projection=prefix["projection"],
    )


def published_config(variant: Variant) -> ZonosConfig:
    """The configuration as it is believed to be published; a checkpoint's own file wins."""
    text = (files(__package__) / f"config_{variant}.json").read_text(encoding="utf-8")
    return read_config(json.loads(text))


def _backbone(data: Mapping[str, Any]) -> BackboneConfig:
    attention, hybrid = data["attn_cfg"], bool(data["ssm_cfg"])
    width, heads = data["d_model"], attention["num_heads"]
    _require(data, "rms_norm", False)
    _require(data, "d_intermediate", 0)
    _require(attention, "qkv_proj_bias", False)
    _require(attention, "out_proj_bias", False)
    _require(attention, "rotary_emb_dim", width // heads)
    layers = frozenset(data["attn_layer_idx"])
    if not hybrid:
        _require({"attn_layer_idx": sorted(layers)}, "attn_layer_idx", [*range(data["n_layer"])])
    return BackboneConfig(
        width=width,
        layers=data["n_layer"],
        attention_layers=layers,
        heads=heads,
        kv_heads=attention["num_heads_kv"],
        mlp_width=_mlp_width(data["attn_mlp_d_intermediate"], hybrid),
        norm_epsilon=data["norm_epsilon"],
        # the transformer's backbone does not look at the key: it always interleaves (SPEC 2.3)
        rotary_interleaved=not hybrid or attention.get("rotary_emb_interleaved", False),
        mamba=_mamba(data["ssm_cfg"], width) if hybrid else None,
    )


def _mlp_width(width: int, hybrid: bool) -> int:
    return -(-width // _MLP_MULTIPLE) * _MLP_MULTIPLE if hybrid else width


def _mamba(data: Mapping[str, Any], width: int) -> MambaConfig:
    _require(data, "layer", "Mamba2")
    unknown = set(data) - {"layer", "expand", "d_state", "headdim", "d_conv"}
    if unknown:
        raise ConfigUnsupported(f"ssm_cfg: {', '.join(sorted(unknown))}")
    return MambaConfig(
        inner=data.get("expand", 2) * width,
        state=data.get("d_state", 128),
        head_width=data.get("headdim", 64),
        kernel=data.get("d_conv", 4),
    )


def _conditioner(data: Mapping[str, Any]) -> ConditionerConfig:
    kind = _KINDS.get(data["type"])
    if kind is None:
        raise ConfigUnsupported(f"conditioner {data['type']}")
    size = {"passthrough": data.get("cond_dim", 0), "fourier": data.get("input_dim", 1)}
    return ConditionerConfig(
        kind=kind,
        name=data["name"],
        size=size.get(kind, 1),
        minimum=data.get("min_val", 0.0),
        maximum=data.get("max_val", 1.0),
        learned_unconditional=data.get("uncond_type") == "learned",
        projection=data.get("projection", "none"),
    )


def _require(data: Mapping[str, Any], key: str, value: object) -> None:
    if data.get(key, value) != value:
        raise ConfigUnsupported(f"{key}: {data[key]!r} instead of {value!r}")
