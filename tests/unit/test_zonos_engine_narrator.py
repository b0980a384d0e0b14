"""Narrations spoken by Zonos with stand-in weights: what reaches the model, and what comes out."""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import aclosing, contextmanager
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from deployments.zyphra.zonos.generate import Utterance
from deployments.zyphra.zonos_speech import narrator as telling
from deployments.zyphra.zonos_speech.batch_loop import BatchLoop
from deployments.zyphra.zonos_speech.engine import unheard
from deployments.zyphra.zonos_speech.joining import sounding_span
from deployments.zyphra.zonos_speech.judging import Judge, Take, judge
from deployments.zyphra.zonos_speech.narrator import AHEAD, Narrator
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
from tests.zonos_voice import any_take, tiny_batch, tiny_narrator

PATIENCE_SECONDS = 240
SENTENCE = "A sentence that is long enough to be followed by another one."
PARAGRAPH = f"{SENTENCE} " * 4
SEVERAL = (
    "A sentence that stands alone as a paragraph.\n\nSo does the second of them.\n\nAnd one more. "
    f"[pause] And this comes after a pause.\n\n{PARAGRAPH}\n\nA last one."
)


class Overheard(BatchLoop):
    """Remembers what it was asked, and how much of it at a time. The first ones wait until
    ``together`` of them have come."""

    def __init__(self, together: int = 1) -> None:
        self.together = together
        self.batch = tiny_batch()
        super().__init__(lambda: self.batch, unheard)
        self.asked: list[Utterance] = []
        self.speaking = self.most_speaking = 0

    async def speak(self, ask: Utterance) -> AsyncGenerator[Tensor, None]:
        self.asked.append(ask)
        self.speaking += 1
        self.most_speaking = max(self.most_speaking, self.speaking)
        try:
            await until(lambda: len(self.asked) >= self.together)
            async with aclosing(super().speak(ask)) as codes:
                async for some in codes:
                    yield some
        finally:
            self.speaking -= 1


@contextmanager
def narrating(**parts: Any) -> Iterator[Narrator]:
    narrator = tiny_narrator(**parts)
    try:
        yield narrator
    finally:
        narrator.close()


def request(narration: str, **more: Any) -> SpeechRequest:
    return SpeechRequest(narration, **{"voice": sample(0.85), **more})


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not holds():
            await asyncio.sleep(0.01)


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
    # spoken side by side, they are asked for in no certain order
    fresh = [ask for ask in asked if not ask.audio_prefix.shape[1]]
    within = [ask.audio_prefix.shape[1] for ask in asked if ask not in fresh]
    assert within
    assert all(43 <= length <= 173 for length in within)
    read = [ask.conditions["espeak"].tolist() for ask in fresh]
    reader = Reader("en-us", 15.0)
    for begins in (SENTENCE, "Another paragraph.", "After a pause."):
        assert reader.ids(begins) in read
    assert len(read) == 3


def test_what_is_gone_on_from_is_not_heard_again() -> None:
    with narrating(most_seconds=8.0, frames=lambda seconds: 150) as narrator:
        first, *_, last = asyncio.run(pieces(narrator, request(PARAGRAPH)))
        seconds = join_speech(asyncio.run(pieces(narrator, request(PARAGRAPH)))).seconds
    assert first.words[0].text == last.words[0].text == "A"
    most = 3 * 150 * 512 / SAMPLE_RATE
    assert seconds <= most + 0.5


def first_take_fails() -> Judge:
    """Every passage, told by how long it should take, is spoken a second time."""
    takes: Counter[float] = Counter()

    def judged(take: Take) -> str | None:
        takes[take.expected_seconds] += 1
        return "it hissed" if takes[take.expected_seconds] == 1 else None

    return judged


@pytest.mark.parametrize("judge_of", [lambda: any_take, first_take_fails])
def test_spoken_side_by_side_a_narration_sounds_as_one_passage_after_the_other(
    judge_of: Callable[[], Judge], monkeypatch: pytest.MonkeyPatch
) -> None:
    spoken: dict[int, list[Speech]] = {}
    for ahead in (1, AHEAD):
        monkeypatch.setattr(telling, "AHEAD", ahead)
        loop = Overheard(together=ahead)
        with narrating(loop=loop, judge=judge_of(), most_seconds=8.0) as narrator:
            spoken[ahead] = asyncio.run(pieces(narrator, request(SEVERAL, seed=3)))
        assert loop.most_speaking == ahead
    assert len(spoken[1]) == len(spoken[AHEAD])
    for one, other in zip(spoken[1], spoken[AHEAD], strict=True):
        assert np.array_equal(one.samples, other.samples)
        assert one.words == other.words


def test_who_leaves_a_narration_frees_every_place_it_had() -> None:
    loop = Overheard(together=AHEAD)

    async def leave(narrator: Narrator) -> None:
        async with aclosing(narrator.speak(request(SEVERAL))) as told:
            await anext(told)
        assert loop.speaking == 0
        await until(lambda: not loop.batch.busy)

    with narrating(loop=loop) as narrator:
        asyncio.run(leave(narrator))
    assert len(loop.asked) == AHEAD


def test_a_passage_that_fails_ends_those_beside_it() -> None:
    loop = Overheard(together=AHEAD)

    def judged(take: Take) -> str | None:
        return "it hissed"

    async def fail(narrator: Narrator) -> None:
        with pytest.raises(SpeechUnusable, match="A sentence"):
            await pieces(narrator, request(SEVERAL))
        assert loop.speaking == 0
        await until(lambda: not loop.batch.busy)

    with narrating(loop=loop, judge=judged) as narrator:
        asyncio.run(fail(narrator))


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
        pytest.raises(SpeechUnusable, match=r"3 times, .* it hissed: “Say it well\.”"),
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
