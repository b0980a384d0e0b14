"""The codec: codes to sound and back, what it makes of a recording, and decoding in chunks."""

from collections.abc import Iterator

import torch
from torch import Tensor
from transformers import DacConfig

from deployments.zyphra.zonos.codec import (
    OFFICIAL,
    SAMPLE_RATE,
    Codec,
    SoundStream,
    codec_config,
    codec_shapes,
    make_codec,
    preprocess,
)
from deployments.zyphra.zonos.standin import StandIn
from deployments.zyphra.zonos.verification.check import Check, Golden, differing, largest

SOUND = 1e-4
RESAMPLED = 1e-6
SURE = 1e-4
"""A code is compared where it was nearer than the next one by this much (cosine)."""
CHUNK_FRAMES = 7


def check_codec(golden: Golden) -> Iterator[Check]:
    for case in golden.names(".wav"):
        codec = _codec(golden, case)
        codes = golden.tensor(f"{case}.codes")
        yield golden.close(f"{case} decoded", codec.decode(codes)[None], f"{case}.wav", SOUND)
        yield _streamed(golden, case, codec, codes[0])
        yield _encoded(golden, case, codec)
    for case in golden.names(".in"):
        rate = int(case.removeprefix("preprocess."))
        wave = preprocess(golden.tensor(f"{case}.in"), rate)
        yield golden.close(f"{rate} Hz resampled", wave, f"{case}.out", RESAMPLED)


def _streamed(golden: Golden, case: str, codec: Codec, codes: Tensor) -> Check:
    stream = SoundStream(codec)
    pieces = [stream.push(piece) for piece in torch.split(codes, CHUNK_FRAMES, 1)]
    sound = torch.cat([piece.cpu() for piece in (*pieces, stream.finish())])
    return Check(
        golden.file,
        f"{case} in chunks",
        largest(sound[None, None], golden.arrays[f"{case}.wav"]),
        SOUND,
    )


def _encoded(golden: Golden, case: str, codec: Codec) -> Check:
    """A later codebook follows from the ones before, so one unsure code unsettles its frame."""
    ours = codec.encode(golden.tensor(f"{case}.enc_in")[0], SAMPLE_RATE)
    unsure = (golden.tensor(f"{case}.enc_margin") < SURE).cummax(0).values
    stored = golden.tensor(f"{case}.enc_codes")[0]
    settled = torch.where(unsure, stored, ours)
    return Check(golden.file, f"{case} encoded", differing(settled, stored.cpu().numpy()), 0)


def _codec(golden: Golden, case: str) -> Codec:
    config = _config(golden, case)
    scales = golden.data.get("weight_scale", {}).get(case, ())
    weights = StandIn(codec_shapes(config), golden.data["seed"], scales)
    return make_codec(weights, golden.device, config)


def _config(golden: Golden, case: str) -> DacConfig:
    return codec_config(golden.data.get(f"{case}_config", OFFICIAL))
