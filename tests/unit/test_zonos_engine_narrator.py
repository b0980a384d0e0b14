"""Narrations spoken by Zonos with stand-in weights: what reaches the model, and what comes out."""

import asyncio
from collections.abc import AsyncGenerator, Iterator
from contextlib import contextmanager
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from deployments.zyphra.zonos.generate import Utterance
from deployments.zyphra.zonos_speech.batch_loop import BatchLoop
from deployments.zyphra.zonos_speech.engine import unheard
from deployments.zyphra.zonos_speech.joining import sounding_span
from deployments.zyphra.zonos_speech.judging import Take, judge
from deployments.zyphra.zonos_speech.narrator import Narrator
from deployments.zyphra.zonos_speech.performance import TRIES, try_seed
from deployments.zyphra.zonos_speech.reader import Reader
from deployments.zyphra.zonos_speech.voices import pack, unpack
from pipeline.engines import SpeechRequest
from pipeline.errors import (
    EngineUnavailable,
    LanguageUnsupported,
    SoundUnreadable,
    SpeechUnusable,
    VoiceLengthRefused,
    VoiceSilent,
)
from pipeline.lesson import SAMPLE_RATE, Emotion, Speech, join_speech
from pipeline.media.loudness import loudness
from pipeline.media.sound import flac_bytes
from tests.voices import sample
from tests.zonos_voice import tiny_batch, tiny_narrator

PARAGRAPH = "A sentence that is long enough to be followed by another one. " * 4


class Overheard(BatchLoop):
    """Remembers what it was asked."""

    def __init__(self) -> None:
        super().__init__(tiny_batch, unheard)
        self.asked: list[Utterance] = []

    def speak(self, ask: Utterance) -> AsyncGenerator[Tensor, None]:
        self.asked.append(ask)
        return super().speak(ask)


@contextmanager
def narrating(**parts: Any) -> Iterator[Narrator]:
    narrator = tiny_narrator(**parts)
    try:
        yield narrator
    finally:
        narrator.close()


def request(narration: str, **more: Any) -> SpeechRequest:
    return SpeechRequest(narration, **{"voice": sample(0.85), **more})


async def pieces(narrator: Narrator, ask: SpeechRequest) -> list[Speech]:
    return [piece async for piece in narrator.speak(ask)]


def asked_for(ask: SpeechRequest, **parts: Any) -> list[Utterance]:
    """The utterances that speaking it asks of the model."""
    loop = Overheard()
    with narrating(loop=loop, **parts) as narrator:
        asyncio.run(pieces(narrator, ask))
    return loop.asked


def test_everything_that_is_asked_for_reaches_the_model() -> None:
    feelings = Emotion(happiness=0.5, anger=0.5, sadness=0, disgust=0, fear=0, surprise=0, other=0)
    (ask,) = asked_for(
        request(
            "SQL rules.",
            speaking_rate=20.0,
            pitch_std=90.0,
            emotion=feelings,
            pronunciations=(("SQL", "sequel"),),
        )
    )
    conditions = {name: value.tolist() for name, value in ask.conditions.items()}
    assert conditions["speaking_rate"] == [20.0]
    assert conditions["pitch_std"] == [90.0]
    total = 0.5 + 0.5 + feelings.neutral
    shares = [0.5, 0, 0, 0, 0, 0.5, 0, feelings.neutral]
    assert conditions["emotion"] == pytest.approx([share / total for share in shares])
    assert conditions["espeak"] == Reader("en-us", 20.0).ids("sequel rules.")
    assert len(conditions["speaker"]) == 128


def test_no_feeling_at_all_is_left_to_the_model() -> None:
    nothing = Emotion(**dict.fromkeys(Emotion.model_fields, 0.0))
    (ask,) = asked_for(request("Hello there.", emotion=nothing))
    assert "emotion" not in ask.conditions


@pytest.mark.parametrize(
    ("language", "narration"),
    [
        ("de", "Licht hat keine Farbe."),
        ("fr", "La lumière est blanche."),
        ("ja", "光に色はありません。私たちが色を与えます。"),
        ("zh", "光没有颜色。我们给它颜色。"),
        ("zh-cn", "光没有颜色。"),
    ],
)
def test_every_language_of_the_model_is_spoken(language: str, narration: str) -> None:
    with narrating() as narrator:
        speech = join_speech(asyncio.run(pieces(narrator, request(narration, language=language))))
    assert "".join(word.text for word in speech.words) == "".join(narration.split())
    assert len(speech.sentences) == narration.count("。") or language in ("de", "fr")
    assert speech.seconds > 0.1


def test_other_languages_are_refused() -> None:
    with narrating() as narrator, pytest.raises(LanguageUnsupported):
        asyncio.run(pieces(narrator, request("Ola.", language="pt")))


def test_a_passage_goes_on_from_the_end_of_the_one_before_in_its_paragraph() -> None:
    narration = f"{PARAGRAPH}\n\nAnother paragraph. [pause] After a pause."
    asked = asked_for(request(narration), most_seconds=8.0, frames=lambda seconds: 150)
    lengths = [ask.audio_prefix.shape[1] for ask in asked]
    within, (paragraph, after_pause) = lengths[1:-2], lengths[-2:]
    assert within
    assert all(43 <= length <= 173 for length in within)
    assert lengths[0] == paragraph == after_pause == 0


def test_what_is_gone_on_from_is_not_heard_again() -> None:
    with narrating(most_seconds=8.0, frames=lambda seconds: 150) as narrator:
        first, *_, last = asyncio.run(pieces(narrator, request(PARAGRAPH)))
        seconds = join_speech(asyncio.run(pieces(narrator, request(PARAGRAPH)))).seconds
    assert first.words[0].text == last.words[0].text == "A"
    most = 2 * 150 * 512 / SAMPLE_RATE
    assert seconds <= most + 0.5


def test_passages_join_in_silence_and_at_one_loudness() -> None:
    narration = "One short paragraph here.\n\nAnd then a second one.\n\nAnd at last a third."
    with narrating(frames=lambda seconds: 90) as narrator:
        spoken = asyncio.run(pieces(narrator, request(narration)))
    sound = join_speech(spoken).samples
    edges = np.cumsum([len(piece.samples) for piece in spoken])[:-1]
    for edge in edges:
        # stand-in weights: noise at full level on both sides, with whole steps between samples
        assert np.abs(np.diff(sound[edge - 10 : edge + 10])).max() < 0.05
    spans = [slice(*sounding_span(piece.samples)) for piece in spoken]
    levels = [loudness(piece.samples[span]) for piece, span in zip(spoken, spans, strict=True)]
    assert max(levels) - min(levels) < 1.0
    assert np.abs(sound).max() < 0.99


def test_sentences_of_one_passage_are_one_unbroken_sound() -> None:
    with narrating() as narrator:
        first, second = asyncio.run(pieces(narrator, request("One is said. Two is said as well.")))
    edge = [*first.samples[-2:], *second.samples[:2]]
    usual = np.abs(np.diff(first.samples)).max()
    assert np.abs(np.diff(edge)).max() <= usual * 1.5
    assert all(a.start_seconds <= b.start_seconds for a, b in pairwise(second.words))


def test_an_utterance_does_not_depend_on_its_neighbours() -> None:
    asks = [request("What is said here is always the same.", seed=seed) for seed in (1, 2, 3)]
    asks.append(request("A neighbour with something quite different to say."))

    async def together(narrator: Narrator) -> list[list[Speech]]:
        return list(await asyncio.gather(*(pieces(narrator, ask) for ask in asks)))

    with narrating() as narrator:
        alone = [join_speech(asyncio.run(pieces(narrator, ask))) for ask in asks]
        for one, other in zip(alone, asyncio.run(together(narrator)), strict=True):
            assert np.array_equal(one.samples, join_speech(other).samples)
    assert not np.array_equal(alone[0].samples, alone[1].samples)


def test_an_unusable_take_is_made_again_with_another_seed() -> None:
    judged: list[Take] = []

    def third_time(take: Take) -> str | None:
        judged.append(take)
        return "it hissed" if len(judged) < 3 else None

    asked = asked_for(request("Say it well.", seed=5), judge=third_time)
    assert [ask.seed for ask in asked] == [try_seed(5, 0, attempt) for attempt in range(3)]
    assert len(set(map(id, asked))) == 3
    assert not np.array_equal(judged[0].samples, judged[1].samples)


def test_a_passage_that_never_comes_out_is_an_error_that_names_it() -> None:
    loop = Overheard()
    with (
        narrating(judge=lambda take: "it hissed", loop=loop) as narrator,
        pytest.raises(SpeechUnusable, match=r"3 times .* it hissed: “Say it well\.”"),
    ):
        asyncio.run(pieces(narrator, request("Say it well.")))
    assert len(loop.asked) == TRIES


def test_speech_without_an_end_is_unusable() -> None:
    with (
        narrating(judge=judge, frames=lambda seconds: 20) as narrator,
        pytest.raises(SpeechUnusable, match="no end"),
    ):
        asyncio.run(pieces(narrator, request("Say it well.")))


def test_a_voice_is_learnt_once_and_really_used() -> None:
    with narrating() as narrator:
        learnt = asyncio.run(narrator.learn(sample(0.85)))
        ask = request("Whose voice is this?")
        fresh, known = (
            join_speech(asyncio.run(pieces(narrator, it)))
            for it in (ask, request(ask.narration, voice=b"no recording", learnt=learnt))
        )
        other = join_speech(
            asyncio.run(pieces(narrator, request(ask.narration, voice=sample(1.1))))
        )
    assert np.array_equal(fresh.samples, known.samples)
    assert not np.array_equal(fresh.samples[:5000], other.samples[:5000])


def test_what_is_learnt_is_data_and_is_checked() -> None:
    voice = torch.randn(128)
    kept = unpack(pack(voice))
    assert kept is not None
    assert torch.equal(kept, voice)
    for damaged in (
        b"",
        b"\x80\x04pickle",
        pack(torch.randn(64)),
        pack(torch.full((128,), np.nan)),
    ):
        assert unpack(damaged) is None


@pytest.mark.parametrize(
    ("recording", "error"),
    [
        (b"no sound", SoundUnreadable),
        (flac_bytes(np.zeros(SAMPLE_RATE * 4, np.float32)), VoiceSilent),
        (flac_bytes(np.full(300, 0.5, np.float32)), VoiceLengthRefused),
    ],
)
def test_recordings_without_a_voice_are_refused(recording: bytes, error: type[Exception]) -> None:
    with narrating() as narrator, pytest.raises(error):
        asyncio.run(narrator.learn(recording))


def test_without_a_sample_nothing_is_spoken() -> None:
    with narrating() as narrator, pytest.raises(EngineUnavailable, match="sample"):
        asyncio.run(pieces(narrator, SpeechRequest("Hello.")))


def test_warming_up_needs_no_voice() -> None:
    loop = Overheard()
    with narrating(loop=loop) as narrator:
        asyncio.run(narrator.warm_up())
    (ask,) = loop.asked
    assert "speaker" not in ask.conditions
