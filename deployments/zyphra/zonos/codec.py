"""The codec (SPEC section 8): codes to 44.1 kHz sound and back, through transformers' DacModel."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor
from transformers import DacConfig, DacModel

from deployments.zyphra.zonos.config import CODEBOOKS
from deployments.zyphra.zonos.resample import resample

SAMPLE_RATE = 44_100
HOP = 512
OFFICIAL = {"sampling_rate": SAMPLE_RATE}
"""What descript/dac_44khz sets; all else is DacConfig's default."""
CONTEXT_FRAMES = 10
"""A frame is heard at most 9.3 frames away, so chunks with this much on both sides are exact."""


@dataclass(frozen=True, slots=True)
class Codec:
    model: DacModel
    device: torch.device

    @torch.inference_mode()
    def decode(self, codes: Tensor) -> Tensor:
        """Codes [batch, 9, frames] -> sound [batch, 512 frames]."""
        latent = self.model.quantizer.from_codes(codes.to(self.device))[0]
        sound: Tensor = self.model.decoder(latent)
        return sound.squeeze(1)

    @torch.inference_mode()
    def encode(self, recording: Tensor, rate: int) -> Tensor:
        """A recording [channels, samples] as an audio prefix: codes [9, frames]."""
        wave = preprocess(recording.float().mean(0, keepdim=True), rate)
        codes: Tensor = self.model.encode(wave[None].to(self.device)).audio_codes
        return codes[0]


def preprocess(wave: Tensor, rate: int) -> Tensor:
    """``wave`` [1, samples] at 44.1 kHz, filled up with silence to whole frames."""
    wave = resample(wave, rate, SAMPLE_RATE, torch.float32)
    return F.pad(wave, (0, -wave.shape[-1] % HOP))


class SoundStream:
    """One utterance decoded while its codes are made: each push gives the sound that is settled.

    All pieces together are what decoding at once would give.
    """

    def __init__(self, codec: Codec) -> None:
        self._codec = codec
        self._codes = torch.zeros(CODEBOOKS, 0, dtype=torch.long)
        self._before = 0

    def push(self, codes: Tensor) -> Tensor:
        """The next frames [9, n] -> sound [samples], CONTEXT_FRAMES behind (perhaps none yet)."""
        self._codes = torch.cat([self._codes, codes.cpu()], 1)
        return self._decode(max(self._before, self._codes.shape[1] - CONTEXT_FRAMES))

    def finish(self) -> Tensor:
        """The rest of the sound [samples]."""
        return self._decode(self._codes.shape[1])

    def _decode(self, settled: int) -> Tensor:
        """Up to frame ``settled`` of what is held; ``_before`` of these were only context."""
        if settled == self._before:
            return torch.zeros(0)
        sound = self._codec.decode(self._codes[None])[0]
        ready = sound[self._before * HOP : settled * HOP]
        dropped = max(0, settled - CONTEXT_FRAMES)
        self._codes = self._codes[:, dropped:]
        self._before = settled - dropped
        return ready


def codec_config(data: Mapping[str, Any]) -> DacConfig:
    """The configuration in a codec's ``config.json``."""
    config = DacConfig.from_dict(dict(data))
    assert isinstance(config, DacConfig)
    return config


def codec_shapes(config: DacConfig) -> dict[str, tuple[int, ...]]:
    """The keys of the codec's checkpoint, and their shapes."""
    state = _empty(config).state_dict()
    return {key: tuple(tensor.shape) for key, tensor in state.items()}


def make_codec(checkpoint: Mapping[str, Tensor], device: torch.device, config: DacConfig) -> Codec:
    """A codec with these weights, in float32. Their keys must be the expected ones."""
    model = _empty(config)
    state = {key: tensor.to(device, torch.float32) for key, tensor in checkpoint.items()}
    model.load_state_dict(state, assign=True)
    return Codec(model.requires_grad_(False).train(False), device)


def _empty(config: DacConfig) -> DacModel:
    with torch.device("meta"):
        return DacModel(config)
