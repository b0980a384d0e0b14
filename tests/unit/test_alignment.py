"""Words and phonemes found in speech that came without timings."""

import asyncio
import re
from collections.abc import Sequence
from functools import cache
from itertools import pairwise
from time import sleep, time

import numpy as np
import pytest
import soxr

from deployments.kdtalker.visemes import SHAPES
from deployments.model_files import missing
from deployments.zyphra.alignment import Timed, align
from deployments.zyphra.builtin import Builtin
from deployments.zyphra.espeak_voice import SAMPLE_RATE as ESPEAK_RATE
from deployments.zyphra.espeak_voice import EspeakLanguageUnknown, Recited, recite, speaks
from deployments.zyphra.ipa import symbols
from deployments.zyphra.matched import Matched
from pipeline.engines import SpeechEngine, SpeechRequest
from pipeline.lesson import SAMPLE_RATE, Samples, Speech
from tests.voices import MODELS, sample

NARRATION = (
    "The sun gives us light and heat every day. Water turns into steam when it gets very hot. "
    "The teacher opened the door, and the children ran into the garden. Plants need water, air "
    "and light to grow. Remember this number, because we will need it again later. What are you "
    "doing with that paper? A small bird sat on the old wooden fence and sang. A triangle has "
    "three sides and three angles. If two of its sides are equal, two of its angles are equal as "
    "well; such a triangle is called isosceles. In 1969 two people walked on the moon for the "
    "first time."
)
SENTENCES = re.split(r"(?<=[.?]) ", NARRATION)
OTHERS = {
    "de": "Die Sonne scheint über dem Meer, und das Wasser verdunstet langsam an 365 Tagen.",
    "fr-fr": "Le soleil brille sur la mer, et l’eau s’évapore lentement vers les nuages.",
    "ja": "にほんご の べんきょう は、 とても たのしい です",
    "zh-cn": "你好 世界， 今天 我们 学习 水的 循环。",
    "es-mx": "El sol calienta el mar, y el agua sube al cielo como vapor.",
}
OTHER_LETTERS = "AIWOYQᵻ"

needs_files = pytest.mark.skipif(
    bool(missing("matched", MODELS)), reason="needs `lectern models pull matched`"
)


@cache
def spoken(voice: str) -> tuple[Speech, ...]:
    """Sentences whose timings are known, from the network that spoke them."""
    engine: SpeechEngine = Builtin() if voice == "builtin" else Matched(MODELS, tries=1)
    matched = SpeechRequest(" ".join(SENTENCES[:5]), voice=sample(0.85))  # it takes its time
    ask = SpeechRequest(NARRATION) if voice == "builtin" else matched

    async def pieces() -> tuple[Speech, ...]:
        return tuple([piece async for piece in engine.speak(ask)])

    return asyncio.run(pieces())


def texts(speech: Speech) -> list[str]:
    return [word.text for word in speech.words]


def off_by(voice: str) -> list[float]:
    """Milliseconds between the true start of each word and the one that was found."""
    return [
        1000 * abs(found.start_seconds - true.start_seconds)
        for speech in spoken(voice)
        for found, true in zip(
            align(speech.samples, texts(speech), "en-us").words, speech.words, strict=True
        )
    ]


def word_starts(phonemes: Sequence[Recited]) -> dict[int, float]:
    starts: dict[int, float] = {}
    for phoneme in phonemes:
        starts.setdefault(phoneme.word, phoneme.start)
    return starts


@pytest.mark.parametrize(
    ("voice", "words"), [("builtin", 100), pytest.param("matched", 45, marks=needs_files)]
)
def test_word_starts_are_found_to_some_tens_of_milliseconds(voice: str, words: int) -> None:
    late = off_by(voice)
    assert len(late) > words
    assert np.median(late) <= 40
    assert np.quantile(late, 0.95) <= 120


@pytest.mark.parametrize("language", OTHERS)
def test_languages_are_aligned_whose_words_espeak_knows(language: str) -> None:
    """The recording: another larynx, faster, and with a rest that the model does not make."""
    words = OTHERS[language].split()
    recital = recite(words, language, "m3")
    faster = soxr.resample(recital.wave, ESPEAK_RATE * 1.15, SAMPLE_RATE)
    rest = SAMPLE_RATE // 2
    starts = {word: start / 1.15 + 0.5 for word, start in word_starts(recital.phonemes).items()}
    timed = align(np.pad(faster, rest).astype(np.float32), words, language)
    assert set(starts) == set(range(len(words)))
    late = [abs(timed.words[word].start_seconds - start) for word, start in starts.items()]
    assert max(late) <= 0.12


def check_order(timed: Timed, words: list[str], samples: Samples) -> None:
    assert [word.text for word in timed.words] == words
    for timings in (timed.words, timed.phonemes):
        times = [t for one in timings for t in (one.start_seconds, one.end_seconds)]
        assert times == sorted(times)
        assert all(0 <= time <= len(samples) / SAMPLE_RATE for time in times)


def test_words_are_as_written_and_times_rise_inside_the_sound() -> None:
    for speech in spoken("builtin"):
        check_order(align(speech.samples, texts(speech), "en-us"), texts(speech), speech.samples)


def test_phonemes_are_single_letters_that_lie_in_words_and_that_a_mouth_knows() -> None:
    for speech in spoken("builtin"):
        timed = align(speech.samples, texts(speech), "en-us")
        assert len(timed.phonemes) > 2 * len(timed.words)
        for p in timed.phonemes:
            assert p.symbol in SHAPES or p.symbol in OTHER_LETTERS
            assert p.end_seconds > p.start_seconds
            assert any(
                w.start_seconds - 1e-9 <= p.start_seconds and p.end_seconds <= w.end_seconds + 1e-9
                for w in timed.words
            )


def test_a_pause_in_the_middle_is_nobodys_word() -> None:
    first, second = spoken("builtin")[:2]
    pause = np.zeros(3 * SAMPLE_RATE, np.float32)
    joined = np.concatenate([first.samples, pause, second.samples])
    timed = align(joined, texts(first) + texts(second), "en-us")
    begin, end = first.seconds, first.seconds + 3
    assert timed.words[len(first.words)].start_seconds == pytest.approx(end, abs=0.15)
    for word in timed.words:
        assert word.end_seconds <= begin + 0.15 or word.start_seconds >= end - 0.15


def test_noise_behind_the_voice_does_not_throw_it_off() -> None:
    noise = np.random.default_rng(1)
    speech = spoken("builtin")[2]
    hissing = speech.samples + noise.normal(0, 0.003, len(speech.samples)).astype(np.float32)
    found = align(hissing, texts(speech), "en-us").words
    late = [
        abs(a.start_seconds - b.start_seconds) for a, b in zip(found, speech.words, strict=True)
    ]
    assert np.median(late) <= 0.06


def test_a_word_is_found_by_how_it_is_said_where_that_is_told() -> None:
    speech = spoken("builtin")[0]
    written = ["Θ", *texts(speech)[1:]]
    timed = align(speech.samples, written, "en-us", said=texts(speech))
    assert timed.words[0].text == "Θ"
    for found, true in zip(timed.words, speech.words, strict=True):
        assert found.start_seconds == pytest.approx(true.start_seconds, abs=0.15)


@pytest.mark.parametrize(
    ("samples", "words"),
    [
        (np.zeros(0, np.float32), ["Nothing", "here."]),
        (np.zeros(SAMPLE_RATE, np.float32), ["Nothing", "here."]),
        (np.full(200, 0.1, np.float32), ["Far", "too", "short", "for", "all", "of", "this."]),
        (np.sin(np.arange(SAMPLE_RATE) / 20).astype(np.float32) / 2, ["…", "—"]),
        (np.sin(np.arange(SAMPLE_RATE) / 20).astype(np.float32) / 2, ["a\0b", "(", "9" * 40]),
        (np.sin(np.arange(SAMPLE_RATE) / 20).astype(np.float32) / 2, []),
    ],
    ids=["no sound", "silence", "too short", "marks", "odd words", "no words"],
)
def test_speech_that_cannot_be_aligned_still_has_all_its_words(
    samples: Samples, words: list[str]
) -> None:
    check_order(align(samples, words, "en-us"), words, samples)


def test_a_language_that_espeak_lacks_is_an_error() -> None:
    assert not speaks("xx")
    with pytest.raises(EspeakLanguageUnknown):
        align(np.zeros(SAMPLE_RATE, np.float32), ["Hello."], "xx")


def test_recitals_at_once_do_not_mix() -> None:
    asked = [(OTHERS[language].split(), language) for language in OTHERS] * 3
    alone = [recite(words, language).phonemes for words, language in asked]

    async def together() -> list[tuple[Recited, ...]]:
        made = await asyncio.gather(*(asyncio.to_thread(recite, *one) for one in asked))
        return [recital.phonemes for recital in made]

    assert asyncio.run(together()) == alone


def test_the_same_words_are_recited_alike_at_any_time_of_day() -> None:
    # the library begins its noise with the seconds of the clock
    now = int(time())
    waves = [recite(["So", "it", "is."], "en-us", "f2").wave]
    while int(time()) == now:
        sleep(0.05)
    waves.append(recite(["So", "it", "is."], "en-us", "f2").wave)
    assert np.array_equal(*waves)


def test_recited_phonemes_follow_each_other_through_the_words() -> None:
    words = OTHERS["de"].split()
    phonemes = recite(words, "de").phonemes
    assert [p.word for p in phonemes] == sorted(p.word for p in phonemes)
    assert all(a.end <= b.start + 1e-9 for a, b in pairwise(phonemes))
    numbers = [symbols(p.name) for p in phonemes if words[p.word] == "365"]
    assert len(numbers) > 15, "a number is read out, and all of it is the number's"


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("ˈeɪ", "A"),
        ("ˌoʊ", "O"),
        ("ˈɑːɹ", "ɑɹ"),
        ("tʃ", "ʧ"),
        ("ɑ̃", "ɑ"),
        ("ç", "ç"),
        ("ɯᵝ", "ɯ"),
        ("ts.h", "ʧ"),
        ("s.", "ʂ"),
        ("(en)", ""),
        ("ˈo̞", "o"),
        ("t̪", "t"),
    ],
)
def test_names_of_phonemes_become_letters(name: str, letters: str) -> None:
    assert symbols(name) == letters
