"""What the built-in voice sounds like, and when."""

import asyncio
import re
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import numpy as np
import pytest
import soxr
from pocketsphinx import Config, Decoder

from deployments.zyphra.builtin import Builtin
from pipeline.engines import SpeechRequest
from pipeline.errors import LanguageUnsupported
from pipeline.lesson import SAMPLE_RATE, Samples, Speech, join_speech

PLAIN = [
    "The sun gives us light and heat every day.",
    "Water turns into steam when it gets very hot.",
    "People ask why the sky is blue in the morning.",
    "The teacher opened the door, and the children ran into the garden.",
    "And then, after a long time, everybody went home to their families.",
    "A small bird sat on the old wooden fence and sang.",
]
RECOGNISER_RATE = 16_000


@pytest.fixture(scope="module")
def voice() -> Builtin:
    return Builtin()


def spoken(voice: Builtin, ask: SpeechRequest | str) -> list[Speech]:
    async def all_pieces() -> list[Speech]:
        request = SpeechRequest(ask) if isinstance(ask, str) else ask
        return [piece async for piece in voice.speak(request)]

    return asyncio.run(all_pieces())


def level(samples: Samples) -> float:
    """Decibels below full scale."""
    return 10 * float(np.log10(np.square(samples).mean() + 1e-12))


def part(speech: Speech, start_seconds: float, end_seconds: float) -> Samples:
    return speech.samples[round(start_seconds * SAMPLE_RATE) : round(end_seconds * SAMPLE_RATE)]


def recognised(speech: Speech, words: list[str]) -> list[tuple[float, float]]:
    """When a speech recogniser that is told the words hears each of them, in seconds."""
    edge = np.zeros(SAMPLE_RATE // 10, np.float32)
    sound = soxr.resample(
        np.concatenate([edge, speech.samples, edge]), SAMPLE_RATE, RECOGNISER_RATE
    )
    decoder = Decoder(Config(lm=None, loglevel="FATAL"))
    decoder.set_align_text(" ".join(words))
    decoder.start_utt()
    decoder.process_raw(
        (sound * 32767 / np.abs(sound).max()).astype("<i2").tobytes(), full_utt=True
    )
    decoder.end_utt()
    heard = [segment for segment in decoder.seg() if segment.word[0] not in "<[("]
    assert [re.sub(r"\(\d\)", "", segment.word) for segment in heard] == words
    return [(s.start_frame / 100 - 0.1, (s.end_frame + 1) / 100 - 0.1) for s in heard]


@pytest.mark.parametrize("rate", [10.0, 15.0])
@pytest.mark.parametrize("sentence", PLAIN)
def test_words_are_where_a_recogniser_hears_them(
    voice: Builtin, sentence: str, rate: float
) -> None:
    speech = join_speech(spoken(voice, SpeechRequest(sentence, speaking_rate=rate)))
    words = re.sub(r"[^a-z ]", "", sentence.lower()).split()
    heard = recognised(speech, words)
    for word, (start, _) in zip(speech.words, heard, strict=True):
        assert word.start_seconds == pytest.approx(start, abs=0.2)
    early = [
        word.start_seconds - start for word, (start, _) in zip(speech.words, heard, strict=True)
    ]
    assert np.median(np.abs(early)) < 0.05


def test_sound_is_inside_the_words_and_silence_outside(voice: Builtin) -> None:
    for sentence in PLAIN:
        [speech] = spoken(voice, sentence)
        starts = [word.start_seconds for word in speech.words]
        ends = [word.end_seconds for word in speech.words]
        assert level(part(speech, starts[0], ends[-1])) > -32
        for end, start in zip([0.0, *ends], [*starts, speech.seconds], strict=True):
            if start > end:
                assert level(part(speech, end, start)) < -50


def test_a_number_is_one_word_as_long_as_it_takes_to_say(voice: Builtin) -> None:
    [speech] = spoken(voice, "It took 299,792,458 tries.")
    number = speech.words[2]
    assert number.text == "299,792,458"
    assert number.end_seconds - number.start_seconds > 3
    assert speech.words[3].start_seconds == pytest.approx(number.end_seconds, abs=0.3)


def test_a_pronunciation_changes_the_sound_and_not_the_word(voice: Builtin) -> None:
    def said(narration: str, *pronunciations: tuple[str, str]) -> Speech:
        return join_speech(spoken(voice, SpeechRequest(narration, pronunciations=pronunciations)))

    plain, spelled = said("We use nginx here."), said("We use nginx here.", ("nginx", "engine x"))
    assert [w.text for w in spelled.words] == ["We", "use", "nginx", "here."]
    sounds = ["".join(p.symbol for p in speech.phonemes) for speech in (plain, spelled)]
    assert sounds[0] != sounds[1]
    assert sounds[1] == "".join(p.symbol for p in said("We use engine x here.").phonemes)


def test_sentences_have_one_level(voice: Builtin) -> None:
    levels = []
    for piece in spoken(voice, " ".join(PLAIN)):
        levels.append(level(part(piece, 0.03, piece.words[-1].end_seconds)))
    assert max(levels) - min(levels) < 3


def test_joins_do_not_click(voice: Builtin) -> None:
    pieces = spoken(voice, " ".join(PLAIN))
    inside = max(float(np.abs(np.diff(piece.samples)).max()) for piece in pieces)
    for last, following in pairwise(pieces):
        join = np.concatenate([last.samples[-441:], following.samples[:441]])
        assert np.abs(np.diff(join)).max() < inside / 20


def test_sentences_are_a_breath_apart_and_paragraphs_more(voice: Builtin) -> None:
    speech = join_speech(spoken(voice, "One is here. Two is here.\n\nThree is here."))
    gaps = [
        speech.words[after].start_seconds - speech.words[after - 1].end_seconds for after in (3, 6)
    ]
    assert gaps == [pytest.approx(0.35, abs=0.02), pytest.approx(0.7, abs=0.02)]


def test_a_sentence_sounds_the_same_wherever_it_is_streamed_from(voice: Builtin) -> None:
    pieces = spoken(voice, SpeechRequest("One is here. [pause 1s] Two is here.", seed=3))
    again = spoken(voice, SpeechRequest("One was there. [pause 1s] Two is here.", seed=3))
    assert np.array_equal(pieces[2].samples, again[2].samples)


def test_another_seed_gives_another_take(voice: Builtin) -> None:
    one, two = (spoken(voice, SpeechRequest("Hello there.", seed=seed))[0] for seed in (1, 2))
    assert one.words == two.words
    assert not np.array_equal(one.samples, two.samples)


def test_rates_beyond_the_voice_are_its_slowest_and_fastest(voice: Builtin) -> None:
    seconds = {
        rate: join_speech(spoken(voice, SpeechRequest(PLAIN[0], speaking_rate=rate))).seconds
        for rate in (5.0, 7.5, 30.0, 60.0)
    }
    assert seconds[5.0] == seconds[7.5] > seconds[30.0] == seconds[60.0]


@pytest.mark.parametrize("language", ["de", "fr-fr", "en-gb"])
def test_other_languages_are_refused_by_card_and_voice(voice: Builtin, language: str) -> None:
    ask = SpeechRequest("Guten Tag.", language=language)
    assert language in (asyncio.run(voice.card(ask)).missing or "")
    with pytest.raises(LanguageUnsupported):
        spoken(voice, ask)


def test_the_card_does_not_pass_the_voice_off_as_the_users(voice: Builtin) -> None:
    labels = [
        asyncio.run(voice.card(SpeechRequest("Hello.", voice=sample))).label
        for sample in (None, b"RIFF")
    ]
    assert labels == ["Spoken by the built-in voice", "Spoken by the built-in voice, not by yours"]


def test_the_voice_is_loaded_once_however_many_ask(voice: Builtin) -> None:
    fresh = Builtin()
    with ThreadPoolExecutor(8) as threads:
        models = list(threads.map(lambda _: fresh.load(), range(8)))
    assert all(model is models[0] for model in models)
