"""Speech by any OpenAI-compatible endpoint: vLLM-Omni, SGLang-Omni, speaches, OpenAI itself."""

import asyncio
from base64 import b64encode
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing, contextmanager
from hashlib import sha256
from json import dumps
from typing import Any

import openai

from deployments.zyphra.services import RemoteSettings
from deployments.zyphra.wire import (
    LARGEST_ANSWER,
    TOO_LARGE,
    USUAL_RATE,
    Wire,
    missing_words,
    wav_bytes,
)
from pipeline.engines import EngineCard, SpeechRequest
from pipeline.errors import EngineFailed, EngineUnavailable
from pipeline.lesson import Speech
from pipeline.media.sound import read_sound

NAME = "remote"
REVISION = 1
"""Goes up with every change that makes the same answer another speech."""
NOT_CONFIGURED = (
    "no endpoint is configured: set LECTERN_REMOTE_SPEECH_BASE_URL and LECTERN_REMOTE_SPEECH_MODEL"
)
NO_CLONES = (
    "the endpoint is not said to take voice samples (LECTERN_REMOTE_SPEECH_CLONES=true says so)"
)
IGNORES = ("speech.emotion", "speech.pitch_std", "speech.seed")
SLOWEST, FASTEST = 0.25, 4.0
"""Bounds of ``speed`` in OpenAI's interface."""
HEARD_SECONDS = 30.0
"""Of a voice sample; more is not sent."""


class OpenAiSpeech:
    """Making one opens no connection."""

    def __init__(self, settings: RemoteSettings) -> None:
        self._settings = settings

    async def card(self, ask: SpeechRequest) -> EngineCard:
        label = f"Spoken by {self._settings.model} over the network"
        if ask.voice is not None:
            label += ", in a likeness of your voice: your sample went there too"
        version, missing = self._version(), self._missing(ask)
        return EngineCard(NAME, version, "remote", label, missing=missing, ignores=IGNORES)

    async def learn(self, ask: SpeechRequest) -> bytes | None:  # noqa: ARG002
        return None

    async def speak(self, ask: SpeechRequest) -> AsyncGenerator[Speech, None]:
        if lacks := self._missing(ask):
            raise EngineUnavailable(NAME, lacks)
        asked = await asyncio.to_thread(self._asked, ask)

        async def fetch(text: str) -> bytes:
            with _explained(asked["model"]):
                answer = await client.audio.speech.create(input=text, **asked)
            if len(answer.content) > LARGEST_ANSWER:
                raise EngineFailed(NAME, TOO_LARGE)
            return answer.content

        pcm_rate = self._settings.pcm_rate if self._settings.answers == "pcm" else None
        async with self._client() as client, aclosing(Wire(NAME, fetch, pcm_rate).speak(ask)) as on:
            async for piece in on:
                yield piece

    def _missing(self, ask: SpeechRequest) -> str | None:
        if not self._settings.base_url or not self._settings.model:
            return NOT_CONFIGURED
        if ask.voice is not None and not self._settings.clones:
            return NO_CLONES
        return missing_words(ask.language)

    def _version(self) -> str:
        """Another endpoint, voice or extra is another voice."""
        settings = self._settings
        apart = dumps([settings.base_url, settings.voice, dict(settings.extra)], sort_keys=True)
        return f"{REVISION}-{settings.model}-{sha256(apart.encode()).hexdigest()[:8]}"

    def _asked(self, ask: SpeechRequest) -> dict[str, Any]:
        """The request but for its text. What an endpoint may not know is left out where it can."""
        settings = self._settings
        speed = min(FASTEST, max(SLOWEST, ask.speaking_rate / USUAL_RATE))
        extra = dict(settings.extra)
        if ask.voice is not None:
            sample = wav_bytes(read_sound(ask.voice, HEARD_SECONDS))
            extra["ref_audio"] = f"data:audio/wav;base64,{b64encode(sample).decode()}"
        return {
            "model": settings.model,
            "voice": settings.voice or openai.omit,
            "response_format": settings.answers,
            "speed": openai.omit if speed == 1 else speed,
            "extra_body": extra,
        }

    def _client(self) -> openai.AsyncOpenAI:
        # the client wants a key even where the endpoint does not
        return openai.AsyncOpenAI(
            base_url=self._settings.base_url,
            api_key=self._settings.api_key or "none",
            timeout=self._settings.time_limit_seconds,
            max_retries=self._settings.retries,
        )


@contextmanager
def _explained(model: str) -> Iterator[None]:
    """The client's errors as ours: what the operator must mend, and what may go by itself."""
    try:
        yield
    except (openai.AuthenticationError, openai.PermissionDeniedError) as error:
        raise EngineUnavailable(NAME, "the endpoint refuses the API key.") from error
    except openai.NotFoundError as error:
        raise EngineUnavailable(NAME, f"the endpoint has no model “{model}”.") from error
    except (openai.BadRequestError, openai.UnprocessableEntityError) as error:
        raise EngineUnavailable(NAME, f"the endpoint refuses: {error.message}") from error
    except openai.RateLimitError as error:
        raise EngineFailed(NAME, "the endpoint takes no more requests just now.") from error
    except openai.APITimeoutError as error:
        raise EngineFailed(NAME, "the endpoint did not answer in time.") from error
    except openai.APIConnectionError as error:
        raise EngineFailed(NAME, "the connection to the endpoint failed.") from error
    except openai.APIError as error:
        raise EngineFailed(NAME, f"the endpoint failed: {error.message}") from error
