"""A voice as 128 numbers: from a recording to what a prefix conditioner takes (SPEC section 9)."""

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from deployments.zyphra.zonos.mel import SAMPLE_RATE, log_mel
from deployments.zyphra.zonos.resample import resample
from deployments.zyphra.zonos.speaker_network import EMBEDDING, LDA, PLANES, SpeakerNetwork


class RecordingTooShort(ValueError):
    """The recording holds too few samples for one window of features."""


LEAST_SAMPLES = 257
"""At 16 kHz: what reflecting half a window needs."""


@dataclass(frozen=True, slots=True)
class SpeakerEncoder:
    """Network and linear discriminants, in float32."""

    network: SpeakerNetwork
    lda: nn.Linear

    @torch.inference_mode()
    def embed(self, recording: Tensor, rate: int) -> Tensor:
        """``recording`` [channels, samples] at ``rate`` -> the speaker condition [128].

        Raises RecordingTooShort.
        """
        wave = mono_16k(recording.to(self.lda.weight.device), rate)
        if wave.shape[-1] < LEAST_SAMPLES:
            raise RecordingTooShort(f"{recording.shape[-1]} samples at {rate} Hz")
        embedding: Tensor = self.lda(self.network(log_mel(wave)))
        return embedding[0]


def mono_16k(recording: Tensor, rate: int) -> Tensor:
    """The mean of the channels, resampled [1, samples]."""
    return resample(recording.float().mean(0, keepdim=True), rate, SAMPLE_RATE)


def network_shapes(planes: int = PLANES) -> dict[str, tuple[int, ...]]:
    """The keys of the network's checkpoint, and their shapes."""
    with torch.device("meta"):
        state = SpeakerNetwork(planes).state_dict()
    return {key: tuple(tensor.shape) for key, tensor in state.items()}


LDA_SHAPES: dict[str, tuple[int, ...]] = {"weight": (LDA, EMBEDDING), "bias": (LDA,)}


def make_speaker_encoder(
    network: Mapping[str, Tensor],
    lda: Mapping[str, Tensor],
    device: torch.device,
    planes: int = PLANES,
) -> SpeakerEncoder:
    """An encoder with these weights. Their keys must be the expected ones."""
    with torch.device("meta"):
        empty, linear = SpeakerNetwork(planes), nn.Linear(EMBEDDING, LDA)
    for module, weights in ((empty, network), (linear, lda)):
        state = {key: tensor.to(device) for key, tensor in weights.items()}
        module.load_state_dict(state, assign=True)
        module.requires_grad_(False).eval()
    return SpeakerEncoder(empty, linear)
