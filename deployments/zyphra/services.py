"""What speech services are asked with: values only, so that reading settings loads no client."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

AnswerFormat = Literal["wav", "flac", "pcm"]
HostedModel = Literal["zonos-v0.1-transformer", "zonos-v0.1-hybrid"]


@dataclass(frozen=True, slots=True)
class RemoteSettings:
    """``clones``: the endpoint takes a voice sample as ``ref_audio``, a data URL, as vLLM-Omni and
    SGLang-Omni do. ``extra`` goes into every request as it is. ``retries`` are the client's;
    ``time_limit_seconds`` is the longest wait for the next bytes."""

    base_url: str | None = None
    api_key: str | None = field(default=None, repr=False)
    model: str | None = None
    voice: str | None = None
    answers: AnswerFormat = "wav"
    pcm_rate: int = 24_000
    clones: bool = False
    extra: Mapping[str, Any] = field(default_factory=dict)
    time_limit_seconds: float = 120.0
    retries: int = 2


@dataclass(frozen=True, slots=True)
class HostedSettings:
    """``voice`` is one of Zyphra's own, for who brings no sample. ``time_limit_seconds`` is the
    longest wait for the next bytes."""

    api_key: str | None = field(default=None, repr=False)
    model: HostedModel = "zonos-v0.1-transformer"
    voice: str | None = None
    url: str = "https://api.zyphra.com/v1/audio/text-to-speech"
    time_limit_seconds: float = 120.0
