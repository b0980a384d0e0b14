"""Small Zonos models with stand-in weights, for tests."""

from functools import cache
from typing import Any

import torch
from torch import Tensor

from deployments.zyphra.zonos.checkpoint import checkpoint_shapes
from deployments.zyphra.zonos.conditions import Delivery, make_conditions
from deployments.zyphra.zonos.config import CODEBOOKS, CODES, ZonosConfig, read_config
from deployments.zyphra.zonos.generate import Utterance, no_audio
from deployments.zyphra.zonos.model import Zonos, make_zonos
from deployments.zyphra.zonos.sampling import USUAL, Sampling
from deployments.zyphra.zonos.standin import StandIn

CPU = torch.device("cpu")
CONDITIONERS = [
    {"type": "EspeakPhonemeConditioner", "name": "espeak"},
    {
        "type": "PassthroughConditioner",
        "name": "speaker",
        "cond_dim": 128,
        "uncond_type": "learned",
        "projection": "linear",
    },
    {
        "type": "FourierConditioner",
        "name": "pitch_std",
        "min_val": 0,
        "max_val": 400,
        "uncond_type": "learned",
    },
    {
        "type": "IntegerConditioner",
        "name": "language_id",
        "min_val": -1,
        "max_val": 126,
        "uncond_type": "learned",
    },
]


def tiny_data(hybrid: bool = False) -> dict[str, Any]:
    """A ``config.json``: three layers, one of them with attention in the hybrid."""
    return {
        "backbone": {
            "d_model": 64,
            "d_intermediate": 0,
            "attn_mlp_d_intermediate": 128,
            "n_layer": 3,
            "ssm_cfg": {"layer": "Mamba2"} if hybrid else {},
            "attn_layer_idx": [1] if hybrid else [0, 1, 2],
            "attn_cfg": {
                "causal": True,
                "num_heads": 4,
                "num_heads_kv": 2,
                "rotary_emb_dim": 16,
                "qkv_proj_bias": False,
                "out_proj_bias": False,
            },
            "rms_norm": False,
            "norm_epsilon": 1e-5,
        },
        "prefix_conditioner": {"conditioners": CONDITIONERS, "projection": "linear"},
        "eos_token_id": 1024,
        "masked_token_id": 1025,
    }


def tiny_config(hybrid: bool = False) -> ZonosConfig:
    return read_config(tiny_data(hybrid))


@cache
def tiny_model(hybrid: bool = False) -> Zonos:
    # one thread: these matrices are too small to share, and threads would wait for each other
    torch.set_num_threads(1)
    config = tiny_config(hybrid)
    weights = StandIn(checkpoint_shapes(config), 0, [(r"\.dt_bias$", -3.0)])
    return make_zonos(config, weights, CPU, torch.float32)


def tiny_utterance(
    seed: int, frames: int = 12, prefix_frames: int = 0, sampling: Sampling = USUAL
) -> Utterance:
    """Of its own length, voice and rules, all following from ``seed``."""
    noise = torch.Generator().manual_seed(seed)
    length = int(torch.randint(3, 20, (1,), generator=noise))
    ids = torch.randint(4, 189, (length,), generator=noise).tolist()
    voice = torch.randn(128, generator=noise)
    conditions = make_conditions(ids, Delivery(speaker=voice), CPU)
    return Utterance(
        conditions,
        random_codes(prefix_frames, noise) if prefix_frames else no_audio(),
        frames,
        guidance=1.5 + seed % 3,
        sampling=sampling,
        seed=seed,
    )


def random_codes(frames: int, noise: torch.Generator) -> Tensor:
    return torch.randint(0, CODES, (CODEBOOKS, frames), generator=noise)
