"""Zyphra's own API through their client, against a service on loopback."""

import asyncio
from base64 import b64decode
from collections.abc import Iterator
from contextlib import ExitStack, aclosing
from dataclasses import replace

import numpy as np
import pytest

from deployments.zyphra.deployment import ZyphraReplica
from deployments.zyphra.hosted import Hosted
from deployments.zyphra.services import HostedSettings
from pipeline.engines import SpeechRequest
from pipeline.errors import EngineFailed, EngineUnavailable
from pipeline.lesson import Emotion, Speech, join_speech
from pipeline.media.sound import read_sound
from tests.speech_endpoint import SpeechEndpoint, speech_endpoint
from tests.voices import sample

NARRATION = "Water rises as vapour. [pause 0.8s] Then it falls as rain."
ASK = SpeechRequest(NARRATION)
PATH = "/v1/audio/text-to-speech"


class Serving:
    """Starts services, and speaks with an engine that talks to the last one."""

    def __init__(self, stack: ExitStack) -> None:
        self._stack = stack

    def __call__(self, endpoint: SpeechEndpoint) -> SpeechEndpoint:
        self.endpoint = self._stack.enter_context(speech_endpoint(endpoint))
        self.settings = HostedSettings("secret", url=endpoint.origin + PATH)
        return self.endpoint

    def speech(self, ask: SpeechRequest = ASK) -> list[Speech]:
        return spoken(self.settings, ask)


def spoken(settings: HostedSettings, ask: SpeechRequest = ASK) -> list[Speech]:
    async def pieces() -> list[Speech]:
        return [piece async for piece in Hosted(settings).speak(ask)]

    return asyncio.run(pieces())


@pytest.fixture
def serving() -> Iterator[Serving]:
    with ExitStack() as stack:
        yield Serving(stack)


def test_each_sentence_is_a_request_and_its_words_are_timed(serving: Serving) -> None:
    endpoint = serving(SpeechEndpoint())
    speech = join_speech(serving.speech())
    assert endpoint.texts() == ["Water rises as vapour.", "Then it falls as rain."]
    assert [word.text for word in speech.words] == " ".join(endpoint.texts()).split()
    assert speech.sentences == ((0, 4), (4, 9))
    gap = speech.words[4].start_seconds - speech.words[3].end_seconds
    assert gap == pytest.approx(0.9, abs=0.2)
    assert len(speech.phonemes) > 20


def test_zyphra_is_told_key_model_language_and_delivery(serving: Serving) -> None:
    endpoint = serving(SpeechEndpoint())
    emotion = Emotion(happiness=0.9, anger=0.1)
    ask = SpeechRequest("Guten Tag.", language="de-de", pitch_std=60.0, emotion=emotion)
    serving.speech(ask)
    [asked] = endpoint.asked
    assert endpoint.paths == [PATH]
    assert endpoint.headers[0]["x-api-key"] == "secret"
    assert asked.pop("emotion") == emotion.model_dump()
    assert asked == {
        "text": "Guten Tag.",
        "model": "zonos-v0.1-transformer",
        "language_iso_code": "de",
        "speaking_rate": 15.0,
        "pitch_std": 60.0,
        "mime_type": "audio/wav",
    }


def test_the_hybrid_is_not_told_what_only_the_transformer_knows(serving: Serving) -> None:
    endpoint = serving(SpeechEndpoint())
    serving.settings = replace(serving.settings, model="zonos-v0.1-hybrid", voice="british_female")
    serving.speech(SpeechRequest("Hello."))
    [asked] = endpoint.asked
    assert "emotion" not in asked
    assert "pitch_std" not in asked
    assert asked["default_voice_name"] == "british_female"


def test_a_voice_sample_goes_along_and_the_card_says_so(serving: Serving) -> None:
    endpoint = serving(SpeechEndpoint())
    ask = SpeechRequest("Hello there.", voice=sample(1.0))
    label = asyncio.run(Hosted(serving.settings).card(ask)).label
    assert "text and your voice sample went to Zyphra's servers" in label
    serving.speech(ask)
    sent = read_sound(b64decode(endpoint.asked[0]["speaker_audio"]))
    assert np.abs(sent - read_sound(sample(1.0))[: len(sent)]).max() < 1e-3


@pytest.mark.parametrize(
    ("status", "error", "sentence"),
    [
        (401, EngineUnavailable, "refuses the API key"),
        (402, EngineUnavailable, "no credit"),
        (400, EngineUnavailable, "no, thank you"),
        (429, EngineFailed, "takes no more requests"),
        (500, EngineFailed, "no, thank you"),
        (302, EngineFailed, "no sound"),
    ],
)
def test_a_refusal_is_told_in_a_sentence(
    serving: Serving, status: int, error: type[Exception], sentence: str
) -> None:
    serving(SpeechEndpoint(statuses=[status]))
    with pytest.raises(error, match=sentence):
        serving.speech()


def test_an_answer_that_breaks_off_is_no_speech(serving: Serving) -> None:
    serving(SpeechEndpoint(cut=True))
    with pytest.raises(EngineFailed, match="broke off"):
        serving.speech()


def test_a_service_that_falls_silent_is_given_up(serving: Serving) -> None:
    serving(SpeechEndpoint(hang=True))
    serving.settings = replace(serving.settings, time_limit_seconds=0.5)
    with pytest.raises(EngineFailed, match="did not answer in time"):
        serving.speech()


def test_a_service_that_is_not_there_is_named_so() -> None:
    with pytest.raises(EngineFailed, match="cannot be reached"):
        spoken(HostedSettings("secret", url=f"http://127.0.0.1:9{PATH}"))


def test_garbage_is_no_speech(serving: Serving) -> None:
    serving(SpeechEndpoint(answer=lambda _text, _speed: b"<html>all is well</html>"))
    with pytest.raises(EngineFailed, match="no sound"):
        serving.speech()


def test_an_answer_far_too_large_is_refused(
    serving: Serving, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("deployments.zyphra.hosted.LARGEST_ANSWER", 1000)
    serving(SpeechEndpoint())
    with pytest.raises(EngineFailed, match="larger than any sentence"):
        serving.speech()


def test_a_listener_who_leaves_mid_answer_ends_the_request(serving: Serving) -> None:
    endpoint = serving(SpeechEndpoint(hang=True))

    async def leave() -> None:
        async with aclosing(Hosted(serving.settings).speak(ASK)) as pieces:
            waiting = asyncio.ensure_future(anext(pieces))
            assert await asyncio.to_thread(endpoint.hanging.wait, 60)
            waiting.cancel()
            with pytest.raises(asyncio.CancelledError):
                await waiting

    asyncio.run(leave())
    assert endpoint.left.wait(60), "the service was left, as the caller left"


def test_without_a_key_the_card_says_what_to_set() -> None:
    card = asyncio.run(Hosted(HostedSettings()).card(ASK))
    assert "LECTERN_ZYPHRA_API_KEY" in (card.missing or "")
    with pytest.raises(EngineUnavailable):
        spoken(HostedSettings())


def test_languages_are_those_that_zyphra_documents() -> None:
    engine = Hosted(HostedSettings("secret"))
    for language in ("en", "en-gb", "fr-fr", "de", "ja", "ko", "zh-cn"):
        assert asyncio.run(engine.card(replace(ASK, language=language))).missing is None
    for language in ("es", "pl"):
        card = asyncio.run(engine.card(replace(ASK, language=language)))
        assert "it speaks English" in (card.missing or "")


def test_a_key_is_sent_nowhere_unencrypted_and_shown_nowhere() -> None:
    settings = HostedSettings("secret")
    assert settings.url.startswith("https://api.zyphra.com/")
    assert "secret" not in repr(settings)
    assert asyncio.run(Hosted(settings).learn(ASK)) is None


def test_nothing_leaves_the_house_unless_it_was_configured(serving: Serving) -> None:
    async def who(replica: ZyphraReplica) -> str:
        return (await replica.card(SpeechRequest("Hello."))).name

    endpoint = serving(SpeechEndpoint())
    assert asyncio.run(who(ZyphraReplica())) == "builtin"
    configured = ZyphraReplica(hosted=serving.settings)
    assert asyncio.run(who(configured)) == "hosted"
    asyncio.run(configured.check_health())
    assert endpoint.asked == [], "warming up costs nothing"
