"""The voice match: what it lacks, how it searches, and that the sample really changes the sound."""

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from deployments.model_files import missing
from deployments.rack import Rack
from deployments.zyphra.builtin import Builtin
from deployments.zyphra.likeness import SpeakerEncoder, Vector, likeness
from deployments.zyphra.matched import Matched
from deployments.zyphra.style_map import load_map
from deployments.zyphra.style_search import Match
from pipeline.engines import SpeechEngine, SpeechRequest
from pipeline.errors import EngineUnavailable, NothingToSay, SoundUnreadable, VoiceSilent
from pipeline.lesson import SAMPLE_RATE, Speech, join_speech
from pipeline.media.sound import flac_bytes, read_sound
from tests.voices import MODELS, sample

HIGH, LOW = 1.15, 0.8
UNSEEN = "A small bird sat on the old wooden fence and sang."
needs_files = pytest.mark.skipif(
    bool(missing("matched", MODELS)), reason="needs `lectern models pull matched`"
)


@pytest.fixture(scope="module")
def voice() -> Matched:
    return Matched(MODELS, tries=2)


@pytest.fixture(scope="module")
def said_low() -> Speech:
    """“Yes.” in the style of the low sample, by an engine that was asked nothing else."""
    return spoken(Matched(MODELS, tries=1), SpeechRequest("Yes.", voice=sample(LOW)))


def spoken(engine: SpeechEngine, ask: SpeechRequest) -> Speech:
    async def all_pieces() -> list[Speech]:
        return [piece async for piece in engine.speak(ask)]

    return join_speech(asyncio.run(all_pieces()))


def lacks(engine: Matched, ask: SpeechRequest) -> str | None:
    return asyncio.run(engine.card(ask)).missing


def test_without_a_sample_there_is_nothing_to_match(tmp_path: Path) -> None:
    assert lacks(Matched(tmp_path), SpeechRequest("Hello.")) == "it needs a voice sample"
    with pytest.raises(EngineUnavailable, match="it needs a voice sample"):
        spoken(Matched(tmp_path), SpeechRequest("Hello."))


def test_without_its_files_it_says_how_to_get_them(tmp_path: Path) -> None:
    ask = SpeechRequest("Hello.", voice=b"sound")
    assert "lectern models pull matched" in (lacks(Matched(tmp_path), ask) or "")
    with pytest.raises(EngineUnavailable, match="lectern models pull matched"):
        spoken(Matched(tmp_path), ask)


@needs_files
def test_it_speaks_english_only(voice: Matched) -> None:
    ask = SpeechRequest("Guten Tag.", voice=b"sound", language="de")
    assert lacks(voice, ask) == "it speaks English, not “de”"


@needs_files
def test_the_card_promises_no_clone(voice: Matched) -> None:
    card = asyncio.run(voice.card(SpeechRequest("Hello.", voice=b"sound")))
    assert card.missing is None
    assert card.label == "Voice match: similar to your sample, not a clone"


@needs_files
def test_auto_matches_a_sample_and_else_takes_the_built_in_voice(voice: Matched) -> None:
    rack: Rack[SpeechRequest, SpeechEngine] = Rack([voice, Builtin()])
    names = [
        asyncio.run(rack.card(SpeechRequest("Hello.", voice=given))).name
        for given in (b"sound", None)
    ]
    assert names == ["matched", "builtin"]


@needs_files
@pytest.mark.parametrize(
    ("given", "error"),
    [
        (b"no sound at all", SoundUnreadable),
        (flac_bytes(np.zeros(SAMPLE_RATE, np.float32)), VoiceSilent),
    ],
    ids=["unreadable", "silent"],
)
def test_a_sample_without_a_voice_is_refused(
    voice: Matched, given: bytes, error: type[Exception]
) -> None:
    with pytest.raises(error):
        spoken(voice, SpeechRequest("Hello.", voice=given))


@needs_files
def test_a_narration_that_cannot_be_spoken_is_refused_before_the_search(voice: Matched) -> None:
    with pytest.raises(NothingToSay):
        spoken(voice, SpeechRequest("...", voice=b"never looked at"))


@needs_files
def test_each_sample_is_closest_to_the_voice_matched_to_it(voice: Matched) -> None:
    encoder = SpeakerEncoder(MODELS / "resemblyzer" / "pretrained.pt")

    def heard(sounds: Sequence[float | Speech]) -> list[Vector]:
        waves = [s.samples if isinstance(s, Speech) else read_sound(sample(s)) for s in sounds]
        return [encoder.embed(wave, SAMPLE_RATE) for wave in waves]

    matched = [spoken(voice, SpeechRequest(UNSEEN, voice=sample(height))) for height in (HIGH, LOW)]
    assert not np.array_equal(matched[0].samples, matched[1].samples)
    high, low, to_high, to_low = heard([HIGH, LOW, *matched])
    assert likeness(to_high, high) > likeness(to_low, high) + 0.05
    assert likeness(to_low, low) > likeness(to_high, low) + 0.05


@needs_files
def test_a_fresh_engine_finds_the_same_style(said_low: Speech) -> None:
    again = spoken(Matched(MODELS, tries=1), SpeechRequest("Yes.", voice=sample(LOW)))
    assert np.array_equal(said_low.samples, again.samples)


@needs_files
def test_scenes_that_ask_at_once_share_one_search(voice: Matched) -> None:
    def styles(_: int) -> np.ndarray:
        steps = voice.match(sample(0.9))
        while True:
            try:
                next(steps)
            except StopIteration as found:
                return found.value.style

    with ThreadPoolExecutor(3) as threads:
        found = list(threads.map(styles, range(3)))
    assert all(style is found[0] for style in found)


@needs_files
def test_a_listener_who_leaves_in_the_search_ends_it_at_the_next_step(voice: Matched) -> None:

    ask = SpeechRequest("Yes.", voice=sample(0.7))

    async def left() -> None:
        async with aclosing(voice.speak(ask)) as pieces:
            task = asyncio.ensure_future(anext(pieces))
            await asyncio.sleep(0)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task

    asyncio.run(left())
    assert any(True for _ in voice.match(sample(0.7))), "there are steps left to take"


def test_the_map_knows_many_styles_and_how_they_sound() -> None:
    known = load_map()
    assert known.styles.shape == known.voices.shape == (len(known.styles), 256)
    assert np.linalg.norm(known.voices, axis=1) == pytest.approx(1, abs=1e-2)
    assert known.spread.min() > 0


@needs_files
def test_what_was_learnt_of_a_sample_spares_a_fresh_engine_the_search(said_low: Speech) -> None:
    ask = SpeechRequest("Yes.", voice=sample(LOW))
    found = asyncio.run(Matched(MODELS, tries=1).learn(ask))
    assert found is not None
    fresh = Matched(MODELS, tries=0)
    spared = spoken(fresh, replace(ask, learnt=found))
    assert np.array_equal(said_low.samples, spared.samples)


@needs_files
def test_what_was_learnt_in_another_form_is_looked_for_again(said_low: Speech) -> None:
    ask = SpeechRequest("Yes.", voice=sample(LOW), learnt=b"an embedding of another engine")
    again = spoken(Matched(MODELS, tries=1), ask)
    assert np.array_equal(said_low.samples, again.samples)


def test_a_match_is_kept_to_the_last_bit() -> None:
    match = Match(np.random.default_rng(0).normal(size=256).astype(np.float32), 0.8125, 1 / 3)
    kept = match.to_bytes()
    read = Match.from_bytes(kept)
    assert read is not None
    assert np.array_equal(read.style, match.style)
    assert (read.likeness, read.gain) == (match.likeness, match.gain)
    assert Match.from_bytes(kept[:-1]) is None
    assert Match.from_bytes(b"") is None


@needs_files
def test_silence_is_not_learnt(voice: Matched) -> None:
    ask = SpeechRequest("Yes.", voice=flac_bytes(np.zeros(SAMPLE_RATE, np.float32)))
    with pytest.raises(VoiceSilent):
        asyncio.run(voice.learn(ask))
    assert asyncio.run(voice.learn(SpeechRequest("Yes."))) is None
