"""The speaker encoder: resampling, features, network, discriminants."""

from collections.abc import Iterator

from torch import Tensor

from deployments.zyphra.zonos.mel import log_mel, mel_filters, mel_power
from deployments.zyphra.zonos.speaker import (
    LDA_SHAPES,
    SpeakerEncoder,
    make_speaker_encoder,
    mono_16k,
    network_shapes,
)
from deployments.zyphra.zonos.standin import StandIn
from deployments.zyphra.zonos.verification.check import Check, Golden

RESAMPLED = 1e-6
LOG_MEL = 1e-3
"""Libraries' Fourier transforms differ."""
EMBEDDING = 1e-3


def check_speaker(golden: Golden) -> Iterator[Check]:
    wave = mono_16k(golden.tensor("wav"), golden.data["sr"])
    yield golden.close("mono, 16 kHz", wave, "mono_16k", RESAMPLED)
    yield golden.close("mel filters", mel_filters(), "mel_filterbank", RESAMPLED)
    given = golden.tensor("mono_16k")
    power = mel_power(given)
    scale = float(golden.tensor("mel_power").max())
    yield golden.close("mel energies", power, "mel_power", scale * RESAMPLED)
    yield golden.close("log-mel", log_mel(given), "log_mel", LOG_MEL)
    for case in golden.names(".emb256"):
        yield from _network(golden, case, int(case.removeprefix("p")))


def _network(golden: Golden, case: str, planes: int) -> Iterator[Check]:
    encoder = _encoder(golden, planes)
    features = golden.tensor("log_mel")
    front: Tensor = encoder.network.front(features)
    pooled: Tensor = encoder.network.pooling(front)
    embedding: Tensor = encoder.network.bottleneck(pooled)
    yield golden.close(f"{case} pooling", pooled, f"{case}.pool", EMBEDDING)
    yield golden.close(f"{case} embedding", embedding, f"{case}.emb256", EMBEDDING)
    lda = encoder.embed(golden.tensor("wav"), golden.data["sr"])
    yield golden.close(
        f"{case} speaker, from the recording", lda[None], f"{case}.lda128", EMBEDDING
    )


def _encoder(golden: Golden, planes: int) -> SpeakerEncoder:
    seed, scales = golden.data["seed"], golden.data.get("weight_scale", ())
    network = StandIn(network_shapes(planes), seed, scales)
    return make_speaker_encoder(network, StandIn(LDA_SHAPES, seed), golden.device, planes)
