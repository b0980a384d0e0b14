"""What holds for every voice."""

import asyncio
from collections.abc import AsyncGenerator, Iterator
from contextlib import ExitStack, aclosing
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest

from deployments.model_files import missing
from deployments.zyphra.builtin import Builtin
from deployments.zyphra.fake import FakeSpeech
from deployments.zyphra.matched import Matched
from deployments.zyphra.openai_speech import OpenAiSpeech
from deployments.zyphra.services import RemoteSettings
from pipeline.engines import EngineCard, SpeechEngine, SpeechRequest
from pipeline.errors import NothingToSay, PauseTooLong
from pipeline.lesson import SAMPLE_RATE, Speech, join_speech
from tests.speech_endpoint import SpeechEndpoint, speech_endpoint
from tests.voices import MODELS, sample
from tests.zonos_voice import SmallZonos

NARRATION = (
    "Light has no colour of its own; we give it one. Dr. Smith paid $5.99 on March 3, 2024 — "
    "really! [pause 0.8s] What is 3 × 4?\n\nThis is another paragraph."
)
WRITTEN = NARRATION.replace("[pause 0.8s]", "").split()
ASK = SpeechRequest("It costs $5.99. [pause 0.1s] Really!", seed=7)


class MatchedToSample:
    """The voice match, which needs a sample: the same one for whoever brings none."""

    def __init__(self) -> None:
        self._engine = Matched(MODELS, tries=1)

    async def card(self, ask: SpeechRequest) -> EngineCard:
        return await self._engine.card(_with_sample(ask))

    async def learn(self, ask: SpeechRequest) -> bytes | None:
        return await self._engine.learn(_with_sample(ask))

    def speak(self, ask: SpeechRequest) -> AsyncGenerator[Speech, None]:
        return self._engine.speak(_with_sample(ask))


class SmallZonosWithSample:
    """Zonos with stand-in weights: the noise it speaks obeys the contract all the same."""

    def __init__(self) -> None:
        self._folder = TemporaryDirectory()
        self._engine = SmallZonos(Path(self._folder.name))

    async def card(self, ask: SpeechRequest) -> EngineCard:
        return await self._engine.card(_with_sample(ask))

    async def learn(self, ask: SpeechRequest) -> bytes | None:
        return await self._engine.learn(_with_sample(ask))

    def speak(self, ask: SpeechRequest) -> AsyncGenerator[Speech, None]:
        return self._engine.speak(_with_sample(ask))

    def close(self) -> None:
        self._engine.close()
        self._folder.cleanup()


class RemoteOnLoopback(OpenAiSpeech):
    """Speech by an endpoint of our own, which speaks as espeak-ng does."""

    def __init__(self) -> None:
        self._serving = ExitStack()
        endpoint = self._serving.enter_context(speech_endpoint(SpeechEndpoint()))
        settings = RemoteSettings(f"{endpoint.origin}/v1", model="little", clones=True, retries=0)
        super().__init__(settings)

    def close(self) -> None:
        self._serving.close()


def _with_sample(ask: SpeechRequest) -> SpeechRequest:
    return ask if ask.voice else replace(ask, voice=sample(0.85))


needs_files = pytest.mark.skipif(
    bool(missing("matched", MODELS)), reason="needs `lectern models pull matched`"
)


QUICK = [FakeSpeech, Builtin, SmallZonosWithSample, RemoteOnLoopback]
QUICK_IDS = ["fake", "builtin", "zonos", "remote"]
"""All but the voice match, which takes as long to speak as to listen to, and which reads and cuts
what it is given as the built-in voice does."""


@pytest.fixture(
    scope="module",
    params=[*QUICK, pytest.param(MatchedToSample, marks=needs_files)],
    ids=[*QUICK_IDS, "matched"],
)
def engine(request: pytest.FixtureRequest) -> Iterator[SpeechEngine]:
    made: SpeechEngine = request.param()
    yield made
    if isinstance(made, SmallZonosWithSample | RemoteOnLoopback):
        made.close()


def spoken_anew(engine: SpeechEngine, ask: SpeechRequest) -> list[Speech]:
    async def all_pieces() -> list[Speech]:
        return [piece async for piece in engine.speak(ask)]

    return asyncio.run(all_pieces())


@lru_cache(maxsize=8)
def _spoken_before(engine: SpeechEngine, ask: SpeechRequest) -> list[Speech]:
    return spoken_anew(engine, ask)


def spoken(engine: SpeechEngine, ask: SpeechRequest | str) -> list[Speech]:
    """What many checks look at is spoken once."""
    return _spoken_before(engine, SpeechRequest(ask) if isinstance(ask, str) else ask)


def test_card_says_who_speaks_and_never_raises(engine: SpeechEngine) -> None:
    for ask in (SpeechRequest("Hello."), SpeechRequest("", voice=b"?", language="xx")):
        card = asyncio.run(engine.card(ask))
        assert card.name
        assert card.version
        assert card.label


def test_a_card_admits_that_it_is_a_fake(engine: SpeechEngine) -> None:
    card = asyncio.run(engine.card(SpeechRequest("Hello.")))
    assert (card.kind == "fake") == isinstance(engine, FakeSpeech)
    assert card.missing is None


def test_sound_is_mono_float_and_never_clips(engine: SpeechEngine) -> None:
    for piece in spoken(engine, NARRATION):
        assert piece.samples.dtype == np.float32
        assert piece.samples.ndim == 1
        assert np.isfinite(piece.samples).all()
        assert np.abs(piece.samples).max() < 0.99


def test_pieces_come_a_sentence_or_a_pause_at_a_time(engine: SpeechEngine) -> None:
    pieces = spoken(engine, NARRATION)
    assert [len(piece.sentences) for piece in pieces] == [1, 1, 0, 1, 1]
    assert [piece.words[0].text for piece in pieces if piece.words] == [
        "Light",
        "Dr.",
        "What",
        "This",
    ]


def test_words_are_the_narration_as_it_was_written(engine: SpeechEngine) -> None:
    assert [word.text for word in join_speech(spoken(engine, NARRATION)).words] == WRITTEN


def test_sentences_are_all_words_in_order(engine: SpeechEngine) -> None:
    speech = join_speech(spoken(engine, NARRATION))
    assert [a for a, _ in speech.sentences] == [0, *(b for _, b in speech.sentences[:-1])]
    assert speech.sentences[-1][1] == len(speech.words)


def test_timings_lie_in_their_piece_and_never_go_back(engine: SpeechEngine) -> None:
    for piece in spoken(engine, NARRATION):
        for timed in (piece.words, piece.phonemes):
            times = [t for one in timed for t in (one.start_seconds, one.end_seconds)]
            assert times == sorted(times)
            assert all(0 <= time <= piece.seconds for time in times)


def test_phonemes_are_single_characters_that_sound_for_a_while(engine: SpeechEngine) -> None:
    phonemes = join_speech(spoken(engine, NARRATION)).phonemes
    assert len(phonemes) > 80
    for phoneme in phonemes:
        assert len(phoneme.symbol) == 1
        assert phoneme.symbol.isalnum()
        assert phoneme.end_seconds > phoneme.start_seconds


def test_phonemes_lie_in_words(engine: SpeechEngine) -> None:
    speech = join_speech(spoken(engine, NARRATION))
    for p in speech.phonemes:
        assert any(
            w.start_seconds <= p.start_seconds and p.end_seconds <= w.end_seconds + 1e-9
            for w in speech.words
        )


PAUSES = {
    "[pause 0.8s]": 0.8,
    "[pause 800ms]": 0.8,
    "[pause]": 0.5,
    "[Pause 2]": 2.0,
    "[pause 10 seconds]": 10.0,
}


def test_a_pause_is_silence_of_its_length(engine: SpeechEngine) -> None:
    pieces = spoken(engine, "".join(f"One. {mark} " for mark in PAUSES) + "Two.")
    pauses = pieces[1::2]
    assert all(piece.words for piece in pieces[::2])
    for pause, seconds in zip(pauses, PAUSES.values(), strict=True):
        assert pause.seconds == pytest.approx(seconds, abs=1 / SAMPLE_RATE)
        assert not pause.samples.any()
        assert pause.words == pause.phonemes == pause.sentences == ()


def test_the_same_request_gives_the_same_bits(engine: SpeechEngine) -> None:
    once, again = spoken(engine, ASK), spoken_anew(engine, ASK)
    for a, b in zip(once, again, strict=True):
        assert np.array_equal(a.samples, b.samples)
        assert (a.words, a.phonemes) == (b.words, b.phonemes)


def test_what_was_learnt_before_changes_nothing(engine: SpeechEngine) -> None:
    ask = SpeechRequest("A voice is learnt once.", voice=sample(0.85))
    learnt = asyncio.run(engine.learn(ask))
    fresh, known = (spoken_anew(engine, replace(ask, learnt=it)) for it in (None, learnt))
    for a, b in zip(fresh, known, strict=True):
        assert np.array_equal(a.samples, b.samples)


def test_two_requests_at_once_do_not_disturb_each_other(engine: SpeechEngine) -> None:
    alone = join_speech(spoken(engine, ASK))

    async def together() -> list[Speech]:
        async def one() -> Speech:
            return join_speech([p async for p in engine.speak(ASK)])

        return list(await asyncio.gather(one(), one()))

    for speech in asyncio.run(together()):
        assert np.array_equal(speech.samples, alone.samples)


def test_speaking_faster_takes_less_time(engine: SpeechEngine) -> None:
    sentence = "This is a sentence that is spoken at two rates"
    slow, fast = (
        join_speech(spoken(engine, SpeechRequest(sentence, speaking_rate=rate))).seconds
        for rate in (10.0, 20.0)
    )
    assert fast / slow == pytest.approx(0.5, abs=0.1)


def test_a_listener_who_leaves_stops_the_work(engine: SpeechEngine) -> None:
    async def first_of_many() -> Speech:
        async with aclosing(engine.speak(SpeechRequest("One more sentence. " * 1000))) as pieces:
            first = await anext(pieces)
        with pytest.raises(StopAsyncIteration):
            await anext(pieces)
        return first

    assert len(asyncio.run(first_of_many()).words) == 3


def test_a_cancelled_task_ends_and_the_voice_speaks_on(engine: SpeechEngine) -> None:
    async def cancelled() -> None:
        begun = asyncio.Event()

        async def listen() -> None:
            async for _ in engine.speak(SpeechRequest("One more sentence. " * 1000)):
                begun.set()

        listening = asyncio.create_task(listen())
        await begun.wait()
        listening.cancel()
        with pytest.raises(asyncio.CancelledError):
            await listening

    asyncio.run(cancelled())
    assert spoken(engine, "Still here.")


@pytest.mark.parametrize(
    "narration", ["", " \n\t", "...", "🙂🎉", "[pause 2s]", "\x00\x07", "— “” !"]
)
def test_nothing_to_say_is_an_error(engine: SpeechEngine, narration: str) -> None:
    with pytest.raises(NothingToSay):
        spoken(engine, narration)


@pytest.mark.parametrize("mark", ["[pause 9999s]", "[pause 10.5]", "[pause 10001ms]"])
def test_a_pause_too_long_is_an_error(engine: SpeechEngine, mark: str) -> None:
    with pytest.raises(PauseTooLong):
        spoken(engine, f"Wait {mark} for it.")


@pytest.mark.parametrize(
    "narration",
    [
        "a\x00b \x1b[31mred\x1b[0m",
        "[pause",
        "[pause soon] now",
        "[] ]]][[[ [x]",
        "\u202eright to left\u202c \u200bzero\u200d width\ufeff",
        "🙂 smile 🙂",
        "x" * 40,
        "9" * 5,
        "a-" * 8,
        "http://" + "a." * 4,
        "½ ² ₂ ⅷ ① ª ﬁne",
        "<script>alert(1)</script>",
        "{{7*7}} ${x} %s %n",
    ],
)
def test_odd_narrations_are_spoken(engine: SpeechEngine, narration: str) -> None:
    speech = join_speech(spoken(engine, narration))
    assert np.abs(speech.samples).max() > 0.01
    assert speech.words


@pytest.mark.parametrize("narration", ["x" * 700, "9" * 100, "a-" * 100, "http://" + "a." * 40])
@pytest.mark.parametrize("engine", QUICK, ids=QUICK_IDS, indirect=True)
def test_what_takes_minutes_to_spell_is_spelt_to_its_end(
    engine: SpeechEngine, narration: str
) -> None:
    speech = join_speech(spoken(engine, narration))
    assert "".join(word.text for word in speech.words) == narration
    assert np.abs(speech.samples[-SAMPLE_RATE:]).max() > 0.01
