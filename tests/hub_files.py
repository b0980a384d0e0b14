"""What a hub of stand-ins holds: a small Zonos, and files of KDTalker.

KDTalker's have the right keys and shapes; each tensor repeats one number, so that it takes no room.
"""

import io
import json
from collections.abc import Mapping, Sequence
from functools import cache

import torch
from safetensors.torch import save
from torch import Tensor

from deployments.kdtalker.kdtalker import loading as kdtalker
from deployments.zyphra.zonos.checkpoint import checkpoint_shapes
from deployments.zyphra.zonos.codec import codec_config, codec_shapes
from deployments.zyphra.zonos.config import read_config
from deployments.zyphra.zonos.speaker import LDA_SHAPES, network_shapes
from deployments.zyphra.zonos.standin import StandIn
from tests.zonos import tiny_data

CODEC = {"encoder_hidden_size": 4, "decoder_hidden_size": 32, "sampling_rate": 44_100}
SPEAKER = ("ResNet293_SimAM_ASP_base.pt", "ResNet293_SimAM_ASP_base_LDA-128.pt")
Shapes = Mapping[str, Sequence[int]]


def torch_file(content: object) -> bytes:
    out = io.BytesIO()
    torch.save(content, out)
    return out.getvalue()


def thin(shapes: Shapes) -> dict[str, Tensor]:
    """Tensors of these shapes that hold one number each."""
    return {key: torch.ones(()).expand(tuple(shape)) for key, shape in shapes.items()}


@cache
def zonos_repositories() -> dict[str, bytes]:
    files = {}
    for variant, hybrid in (("transformer", False), ("hybrid", True)):
        data = tiny_data(hybrid)
        state = dict(StandIn(checkpoint_shapes(read_config(data))))
        files[f"Zyphra/Zonos-v0.1-{variant}/config.json"] = json.dumps(data).encode()
        files[f"Zyphra/Zonos-v0.1-{variant}/model.safetensors"] = save(state)
    codec = dict(StandIn(codec_shapes(codec_config(CODEC))))
    files["descript/dac_44khz/config.json"] = json.dumps({"model_type": "dac", **CODEC}).encode()
    files["descript/dac_44khz/model.safetensors"] = save(codec)
    for name, shapes in zip(SPEAKER, (network_shapes(), LDA_SHAPES), strict=True):
        files[f"Zyphra/Zonos-v0.1-speaker-embedding/{name}"] = torch_file(thin(shapes))
    return files


def nested(flat: Mapping[str, Tensor]) -> dict[str, dict[str, Tensor]]:
    """As the stitching file stands: one dict a net, keys after ``module.``."""
    nets: dict[str, dict[str, Tensor]] = {}
    for key, value in flat.items():
        net, _, rest = key.partition(".")
        nets.setdefault(net, {})[f"module.{rest}"] = value
    return nets


@cache
def kdtalker_repositories() -> dict[str, bytes]:
    """KDTalker's own repository lacks the last file, which so comes from LivePortrait's."""
    files = {}
    for file in kdtalker.FILES:
        state: Mapping[str, object] = thin(file.shapes())
        if file is kdtalker.RETARGETING:
            state = nested(thin(file.shapes()))
        content = state if file.entry is None else {file.entry: state}
        name = "ckpts/KDTalker.pth" if file is kdtalker.POINT else file.places[0]
        files[f"ChaolongYang/KDTalker/{name}"] = torch_file(content)
    own = f"ChaolongYang/KDTalker/{kdtalker.RETARGETING.places[0]}"
    files[f"KwaiVGI/LivePortrait/{kdtalker.RETARGETING.places[1]}"] = files.pop(own)
    return files
