"""Speech by an OpenAI-compatible endpoint, against one on loopback."""

import asyncio
from base64 import b64decode
from collections.abc import Iterator
from contextlib import ExitStack, aclosing
from dataclasses import replace
from functools import partial

import numpy as np
import pytest

from deployments.zyphra import wire
from deployments.zyphra.openai_speech import OpenAiSpeech
from deployments.zyphra.services import RemoteSettings
from pipeline.engines import SpeechRequest
from pipeline.errors import EngineFailed, EngineUnavailable, NothingToSay
from pipeline.lesson import SAMPLE_RATE, Speech, join_speech
from pipeline.media.sound import read_sound
from tests.speech_endpoint import (
    SpeechEndpoint,
    speech_endpoint,
    spoken_flac,
    spoken_pcm,
    spoken_wav,
)
from tests.voices import sample

NARRATION = "Water rises as vapour. [pause 0.8s] Then it falls as rain, and the river carries it."
ASK = SpeechRequest(NARRATION)


class Serving:
    """Starts endpoints, and speaks with an engine that talks to the last one."""

    def __init__(self, stack: ExitStack) -> None:
        self._stack = stack

    def __call__(self, endpoint: SpeechEndpoint) -> SpeechEndpoint:
        self.endpoint = self._stack.enter_context(speech_endpoint(endpoint))
        self.settings = RemoteSettings(
            f"{endpoint.origin}/v1", "secret", "little", "vivian", retries=0
        )
        return self.endpoint

    def speech(self, ask: SpeechRequest = ASK) -> list[Speech]:
        return spoken(self.settings, ask)


def spoken(settings: RemoteSettings, ask: SpeechRequest = ASK) -> list[Speech]:
    async def pieces() -> list[Speech]:
        return [piece async for piece in OpenAiSpeech(settings).speak(ask)]

    return asyncio.run(pieces())


@pytest.fixture
def serving() -> Iterator[Serving]:
    with ExitStack() as stack:
        yield Serving(stack)


def test_each_sentence_is_a_request_and_a_pause_is_silence(serving: Serving) -> None:
    endpoint = serving(SpeechEndpoint())
    first, pause, second = serving.speech()
    assert endpoint.texts() == [
        "Water rises as vapour.",
        "Then it falls as rain, and the river carries it.",
    ]
    assert not pause.samples.any()
    assert pause.seconds == pytest.approx(0.8, abs=1 / SAMPLE_RATE)
    assert [w.text for w in join_speech([first, second]).words] == " ".join(
        endpoint.texts()
    ).split()
    assert (first.sentences, second.sentences) == (((0, 4),), ((0, 10),))


def test_words_are_timed_in_what_came(serving: Serving) -> None:
    serving(SpeechEndpoint())
    for piece in serving.speech():
        times = [t for w in piece.words for t in (w.start_seconds, w.end_seconds)]
        assert times == sorted(times)
        for word in piece.words:
            start, end = (round(t * SAMPLE_RATE) for t in (word.start_seconds, word.end_seconds))
            assert np.abs(piece.samples[start:end]).max() > 0.02, word.text
        assert bool(piece.phonemes) == bool(piece.words)


def test_the_endpoint_is_told_model_voice_key_format_and_speed(serving: Serving) -> None:
    endpoint = serving(SpeechEndpoint())
    serving.settings = replace(serving.settings, extra={"language": "English"})
    serving.speech(SpeechRequest("Hello there.", speaking_rate=18.0))
    [asked] = endpoint.asked
    assert asked == {
        "input": "Hello there.",
        "model": "little",
        "voice": "vivian",
        "response_format": "wav",
        "speed": 1.2,
        "language": "English",
    }
    assert endpoint.paths == ["/v1/audio/speech"]
    assert endpoint.headers[0]["authorization"] == "Bearer secret"


def test_what_an_endpoint_may_not_know_is_left_out(serving: Serving) -> None:
    endpoint = serving(SpeechEndpoint())
    serving.settings = replace(serving.settings, voice=None)
    serving.speech(SpeechRequest("Hello there."))
    assert set(endpoint.asked[0]) == {"input", "model", "response_format"}


def test_pronunciations_are_sent_and_words_stay_as_written(serving: Serving) -> None:
    endpoint = serving(SpeechEndpoint())
    ask = SpeechRequest("Use nginx here.", pronunciations=(("nginx", "engine ex"),))
    [piece] = serving.speech(ask)
    assert endpoint.texts() == ["Use engine ex here."]
    assert [word.text for word in piece.words] == ["Use", "nginx", "here."]


@pytest.mark.parametrize(
    ("answers", "answer"),
    [
        ("wav", partial(spoken_wav, rate=8_000)),
        ("wav", partial(spoken_wav, rate=48_000)),
        ("flac", spoken_flac),
        ("pcm", partial(spoken_pcm, rate=24_000)),
        ("pcm", spoken_wav),
        ("wav", spoken_flac),
    ],
    ids=["wav 8 kHz", "wav 48 kHz", "flac", "pcm", "wav for pcm", "flac for wav"],
)
def test_answers_of_any_kind_become_sound_of_the_right_length(
    serving: Serving, answers: str, answer: partial[bytes]
) -> None:
    serving(SpeechEndpoint())
    usual = join_speech(serving.speech()).seconds
    serving(SpeechEndpoint(answer=answer))
    serving.settings = replace(serving.settings, answers=answers)  # type: ignore[arg-type]
    speech = join_speech(serving.speech())
    assert speech.seconds == pytest.approx(usual, abs=0.1)
    assert 0.02 < np.abs(speech.samples).max() < 0.99


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (b"", "no sound"),
        (b'{"error": "all is well"}', "no sound"),
        (b"#EXTM3U\nhttp://127.0.0.1:9/elsewhere\n", "no sound"),
        (b"RIFF" + bytes(60), "no sound"),
        (b"fLaC" + b"\x07" * 500, "no sound"),
        (spoken_wav("")[:44] + bytes(48_000), "silence"),
    ],
)
def test_an_answer_that_is_no_speech_is_an_error(
    serving: Serving, answer: bytes, sentence: str
) -> None:
    serving(SpeechEndpoint(answer=lambda _text, _speed: answer))
    with pytest.raises(EngineFailed, match=sentence):
        serving.speech()


def test_an_answer_far_too_large_is_refused(
    serving: Serving, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("deployments.zyphra.openai_speech.LARGEST_ANSWER", 1000)
    serving(SpeechEndpoint())
    with pytest.raises(EngineFailed, match="larger than any sentence"):
        serving.speech()


def test_an_answer_far_too_long_is_refused(
    serving: Serving, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wire, "LONGEST_SECONDS", 0.5)
    serving(SpeechEndpoint())
    with pytest.raises(EngineFailed, match="larger than any sentence"):
        serving.speech()


@pytest.mark.parametrize(
    ("status", "error", "sentence"),
    [
        (401, EngineUnavailable, "refuses the API key"),
        (403, EngineUnavailable, "refuses the API key"),
        (404, EngineUnavailable, "no model “little”"),
        (400, EngineUnavailable, "no, thank you"),
        (422, EngineUnavailable, "no, thank you"),
        (429, EngineFailed, "takes no more requests"),
        (500, EngineFailed, "no, thank you"),
    ],
)
def test_a_refusal_is_told_in_a_sentence(
    serving: Serving, status: int, error: type[Exception], sentence: str
) -> None:
    serving(SpeechEndpoint(statuses=[status]))
    with pytest.raises(error, match=sentence):
        serving.speech()


def test_a_busy_endpoint_is_asked_again(serving: Serving) -> None:
    endpoint = serving(SpeechEndpoint(statuses=[429, 503]))
    serving.settings = replace(serving.settings, retries=2)
    assert serving.speech(SpeechRequest("Hello there."))[0].words
    assert len(endpoint.asked) == 3


def test_an_answer_that_breaks_off_is_no_speech(serving: Serving) -> None:
    serving(SpeechEndpoint(cut=True))
    with pytest.raises(EngineFailed, match="connection to the endpoint failed"):
        serving.speech()


def test_an_endpoint_that_falls_silent_is_given_up(serving: Serving) -> None:
    endpoint = serving(SpeechEndpoint(hang=True))
    serving.settings = replace(serving.settings, time_limit_seconds=0.5)
    with pytest.raises(EngineFailed, match="did not answer in time"):
        serving.speech()
    assert endpoint.left.wait(60)


def test_an_endpoint_that_is_not_there_is_named_so() -> None:
    settings = RemoteSettings("http://127.0.0.1:9/v1", None, "little", retries=0)
    with pytest.raises(EngineFailed, match="connection to the endpoint failed"):
        spoken(settings)


def test_a_listener_who_leaves_mid_answer_ends_the_request(serving: Serving) -> None:
    endpoint = serving(SpeechEndpoint(hang=True, hang_at=1))

    async def leave() -> Speech:
        async with aclosing(OpenAiSpeech(serving.settings).speak(ASK)) as pieces:
            first = await anext(pieces)
            await anext(pieces)  # the pause
            waiting = asyncio.ensure_future(anext(pieces))
            assert await asyncio.to_thread(endpoint.hanging.wait, 60)
            waiting.cancel()
            with pytest.raises(asyncio.CancelledError):
                await waiting
        return first

    assert asyncio.run(leave()).words
    assert endpoint.left.wait(60), "the endpoint was left, as the caller left"


def test_a_voice_sample_goes_only_to_an_endpoint_that_clones(serving: Serving) -> None:
    endpoint = serving(SpeechEndpoint())
    ask = SpeechRequest("Hello there.", voice=sample(1.0))
    card = asyncio.run(OpenAiSpeech(serving.settings).card(ask))
    assert "LECTERN_REMOTE_SPEECH_CLONES" in (card.missing or "")
    with pytest.raises(EngineUnavailable):
        serving.speech(ask)
    assert endpoint.asked == []
    serving.settings = replace(serving.settings, clones=True)
    serving.speech(ask)
    kind, _, data = endpoint.asked[0]["ref_audio"].partition(",")
    assert kind == "data:audio/wav;base64"
    sent, given = read_sound(b64decode(data)), read_sound(sample(1.0))
    assert np.abs(sent - given[: len(sent)]).max() < 1e-3


def test_the_card_says_who_speaks_and_what_left_the_house() -> None:
    settings = RemoteSettings("http://x/v1", "secret", "little", clones=True)
    plain = asyncio.run(OpenAiSpeech(settings).card(ASK))
    assert plain.label == "Spoken by little over the network"
    assert (plain.kind, plain.missing) == ("remote", None)
    cloned = asyncio.run(OpenAiSpeech(settings).card(replace(ASK, voice=b"?")))
    assert "your sample went there too" in cloned.label
    assert "secret" not in repr(settings)


def test_another_voice_is_another_version() -> None:
    settings = RemoteSettings("http://x/v1", None, "little", "vivian")
    versions = {
        asyncio.run(OpenAiSpeech(one).card(ASK)).version
        for one in (
            settings,
            replace(settings, voice="ryan"),
            replace(settings, model="large"),
            replace(settings, base_url="http://y/v1"),
            replace(settings, extra={"seed": 1}),
        )
    }
    assert len(versions) == 5


@pytest.mark.parametrize("settings", [RemoteSettings(), RemoteSettings("http://x/v1")])
def test_without_an_endpoint_the_card_says_what_to_set(settings: RemoteSettings) -> None:
    missing = asyncio.run(OpenAiSpeech(settings).card(ASK)).missing or ""
    assert "LECTERN_REMOTE_SPEECH_BASE_URL and LECTERN_REMOTE_SPEECH_MODEL" in missing
    with pytest.raises(EngineUnavailable):
        spoken(settings)


def test_a_language_whose_words_cannot_be_timed_is_refused_before_anything_is_sent() -> None:
    settings = RemoteSettings("http://x/v1", None, "little")
    card = asyncio.run(OpenAiSpeech(settings).card(replace(ASK, language="xx")))
    assert "cannot be timed" in (card.missing or "")


def test_nothing_is_learnt_and_nothing_said_where_there_is_nothing() -> None:
    settings = RemoteSettings("http://127.0.0.1:9/v1", None, "little", retries=0)
    assert asyncio.run(OpenAiSpeech(settings).learn(ASK)) is None
    with pytest.raises(NothingToSay):
        spoken(settings, SpeechRequest("…"))
