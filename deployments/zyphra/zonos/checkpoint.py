"""The keys of a checkpoint and their shapes, derived from its configuration (SPEC sections 1-4)."""

from collections.abc import Iterator

from deployments.zyphra.zonos.config import (
    CODEBOOKS,
    EMBEDDED,
    HEAD_ROWS,
    PHONEME_IDS,
    BackboneConfig,
    ConditionerConfig,
    MambaConfig,
    Projection,
    ZonosConfig,
)

Shape = tuple[int, ...]
Entries = Iterator[tuple[str, Shape]]


def checkpoint_shapes(config: ZonosConfig) -> dict[str, Shape]:
    """Every key of the official ``model.safetensors``."""
    embeddings = _tables("embeddings", EMBEDDED, config)
    heads = _tables("heads", HEAD_ROWS, config)
    return dict([*_backbone(config.backbone), *_prefix(config), *embeddings, *heads])


def _tables(name: str, rows: int, config: ZonosConfig) -> Entries:
    for k in range(CODEBOOKS):
        yield f"{name}.{k}.weight", (rows, config.backbone.width)


def _backbone(config: BackboneConfig) -> Entries:
    for i in range(config.layers):
        layer = f"backbone.layers.{i}."
        yield from _norm(layer + "norm", config.width)
        if i in config.attention_layers:
            yield from _attention_layer(layer, config)
        elif config.mamba is not None:
            yield from _mamba_mixer(layer + "mixer.", config.width, config.mamba)
    yield from _norm("backbone.norm_f", config.width)


def _attention_layer(layer: str, config: BackboneConfig) -> Entries:
    width, heads = config.width, config.heads + 2 * config.kv_heads
    yield layer + "mixer.in_proj.weight", (heads * config.head_width, width)
    yield layer + "mixer.out_proj.weight", (width, width)
    yield from _norm(layer + "norm2", width)
    yield layer + "mlp.fc1.weight", (2 * config.mlp_width, width)
    yield layer + "mlp.fc2.weight", (width, config.mlp_width)


def _mamba_mixer(mixer: str, width: int, mamba: MambaConfig) -> Entries:
    yield mixer + "in_proj.weight", (mamba.inner + mamba.channels + mamba.heads, width)
    yield mixer + "conv1d.weight", (mamba.channels, 1, mamba.kernel)
    yield mixer + "conv1d.bias", (mamba.channels,)
    for name in ("dt_bias", "A_log", "D"):
        yield mixer + name, (mamba.heads,)
    yield mixer + "norm.weight", (mamba.inner,)
    yield mixer + "out_proj.weight", (width, mamba.inner)


def _norm(name: str, width: int) -> Entries:
    yield name + ".weight", (width,)
    yield name + ".bias", (width,)


def _prefix(config: ZonosConfig) -> Entries:
    width = config.backbone.width
    for i, conditioner in enumerate(config.conditioners):
        yield from _conditioner(f"prefix_conditioner.conditioners.{i}.", conditioner, width)
    yield from _projection("prefix_conditioner.project", config.projection, width, width)
    yield from _norm("prefix_conditioner.norm", width)


def _conditioner(name: str, config: ConditionerConfig, width: int) -> Entries:
    if config.learned_unconditional:
        yield name + "uncond_vector", (width,)
    if config.kind == "phonemes":
        yield name + "phoneme_embedder.weight", (PHONEME_IDS, width)
    elif config.kind == "fourier":
        yield name + "weight", (width // 2, config.size)
    elif config.kind == "integer":
        rows = round(config.maximum - config.minimum) + 1
        yield name + "int_embedder.weight", (rows, width)
    input_width = config.size if config.kind == "passthrough" else width
    yield from _projection(name + "project", config.projection, input_width, width)


def _projection(name: str, kind: Projection, inputs: int, width: int) -> Entries:
    """``mlp`` is Linear, SiLU, Linear; ``none`` has nothing to store."""
    if kind == "linear":
        yield name + ".weight", (width, inputs)
        yield name + ".bias", (width,)
    elif kind == "mlp":
        yield name + ".0.weight", (width, inputs)
        yield name + ".0.bias", (width,)
        yield name + ".2.weight", (width, width)
        yield name + ".2.bias", (width,)
