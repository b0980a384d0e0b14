"""Zonos as Zyphra serves it, through their own client, for those who have a key there."""

import asyncio
from base64 import b64encode
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing, asynccontextmanager, contextmanager
from typing import Any, cast

import aiohttp
from zyphra import AsyncZyphraClient, ZyphraError
from zyphra.models import EmotionWeights

from deployments.zyphra.services import HostedSettings
from deployments.zyphra.wire import LARGEST_ANSWER, TOO_LARGE, Wire, missing_words, wav_bytes
from pipeline.engines import EngineCard, SpeechRequest
from pipeline.errors import EngineFailed, EngineUnavailable
from pipeline.lesson import Speech
from pipeline.media.sound import read_sound

NAME = "hosted"
REVISION = 1
"""Goes up with every change that makes the same answer another speech."""
NOT_CONFIGURED = "no key is configured: set LECTERN_ZYPHRA_API_KEY"
LANGUAGES = {
    "en": "en-us",
    "fr": "fr-fr",
    "de": "de",
    "ja": "ja",
    "ko": "ko",
    "zh": "cmn",
    "cmn": "cmn",
}
SPOKEN = "English, French, German, Japanese, Korean and Chinese"
TRANSFORMER = "zonos-v0.1-transformer"
WITHOUT_SEED = ("speech.seed",)
WITHOUT_FEELING = (*WITHOUT_SEED, "speech.emotion", "speech.pitch_std")
CONNECT_SECONDS = 20.0
HEARD_SECONDS = 30.0
"""Of a voice sample; more is not sent."""


class Hosted:
    """Making one opens no connection."""

    def __init__(self, settings: HostedSettings) -> None:
        self._settings = settings

    async def card(self, ask: SpeechRequest) -> EngineCard:
        went = "the text went" if ask.voice is None else "the text and your voice sample went"
        label = f"Spoken by Zonos at Zyphra: {went} to Zyphra's servers"
        version = f"{REVISION}-{self._settings.model}-{self._settings.voice or 'default'}"
        missing = self._missing(ask)
        ignores = WITHOUT_SEED if self._settings.model == TRANSFORMER else WITHOUT_FEELING
        return EngineCard(NAME, version, "remote", label, missing=missing, ignores=ignores)

    async def learn(self, ask: SpeechRequest) -> bytes | None:  # noqa: ARG002
        return None

    async def speak(self, ask: SpeechRequest) -> AsyncGenerator[Speech, None]:
        if lacks := self._missing(ask):
            raise EngineUnavailable(NAME, lacks)
        asked = await asyncio.to_thread(self._asked, ask)
        async with self._client() as client:

            async def fetch(text: str) -> bytes:
                with _explained():
                    return await _answer(client, text, asked)

            async with aclosing(Wire(NAME, fetch).speak(ask)) as pieces:
                async for piece in pieces:
                    yield piece

    def _missing(self, ask: SpeechRequest) -> str | None:
        if not self._settings.api_key:
            return NOT_CONFIGURED
        if _language(ask) is None:
            return f"it speaks {SPOKEN}, not “{ask.language}”"
        return missing_words(ask.language)

    def _asked(self, ask: SpeechRequest) -> dict[str, Any]:
        """The request but for its text."""
        asked: dict[str, Any] = {
            "model": self._settings.model,
            "language_iso_code": _language(ask),
            "speaking_rate": ask.speaking_rate,
            "mime_type": "audio/wav",
        }
        if self._settings.model == TRANSFORMER:  # the only one of the two that knows these
            asked["pitch_std"] = ask.pitch_std
            asked["emotion"] = EmotionWeights(**ask.emotion.model_dump())
        if ask.voice is not None:
            sample = wav_bytes(read_sound(ask.voice, HEARD_SECONDS))
            asked["speaker_audio"] = b64encode(sample).decode()
        elif self._settings.voice:
            asked["default_voice_name"] = self._settings.voice
        return asked

    @asynccontextmanager
    async def _client(self) -> AsyncGenerator[AsyncZyphraClient, None]:
        client = AsyncZyphraClient(self._settings.api_key or "")
        limit = aiohttp.ClientTimeout(
            total=None, sock_connect=CONNECT_SECONDS, sock_read=self._settings.time_limit_seconds
        )
        headers = {"X-API-Key": client.api_key}
        async with aiohttp.ClientSession(headers=headers, timeout=limit, trust_env=True) as session:
            client._session = cast(aiohttp.ClientSession, _Secured(session, self._settings.url))
            yield client


class _Secured:
    """A session that posts to one address only.

    The client (0.1.6) has "http://" built in for speech: key and voice would go over the network
    for everybody to read. It also knows no time limit and follows wherever it is sent.
    """

    closed = False

    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        self._session = session
        self._url = url

    def post(self, _url: str, *, json: Any) -> Any:
        return self._session.post(self._url, json=json, allow_redirects=False)


async def _answer(client: AsyncZyphraClient, text: str, asked: dict[str, Any]) -> bytes:
    answer = bytearray()
    async with aclosing(client.audio.speech.create_stream(text, **asked)) as chunks:
        async for chunk in chunks:
            answer += chunk
            if len(answer) > LARGEST_ANSWER:
                raise EngineFailed(NAME, TOO_LARGE)
    return bytes(answer)


def _language(ask: SpeechRequest) -> str | None:
    return LANGUAGES.get(ask.language.partition("-")[0])


@contextmanager
def _explained() -> Iterator[None]:
    """The client's errors as ours: what the operator must mend, and what may go by itself."""
    try:
        yield
    except ZyphraError as error:
        raise _refusal(error.status_code or 0, error.response_text or "") from error
    except TimeoutError as error:
        raise EngineFailed(NAME, "Zyphra did not answer in time.") from error
    except aiohttp.ClientConnectorError as error:
        raise EngineFailed(NAME, "Zyphra cannot be reached.") from error
    except aiohttp.ClientError as error:
        raise EngineFailed(NAME, "the connection to Zyphra broke off.") from error


def _refusal(status: int, text: str) -> EngineFailed | EngineUnavailable:
    if status in (401, 403):
        return EngineUnavailable(NAME, "Zyphra refuses the API key.")
    if status == 402:
        return EngineUnavailable(NAME, "the account at Zyphra has no credit left.")
    if status == 429:
        return EngineFailed(NAME, "Zyphra takes no more requests just now.")
    if status < 500:
        return EngineUnavailable(NAME, f"Zyphra refuses: {text[:200]}")
    return EngineFailed(NAME, f"Zyphra failed: {text[:200]}")
