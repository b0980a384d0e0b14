"""How a narration is cut into what is spoken at once, and joined again."""

import numpy as np
import pytest

from deployments.zyphra.alignment import align
from deployments.zyphra.builtin import Builtin
from deployments.zyphra.narration import Pause, Sentence, read_narration
from deployments.zyphra.speaking import narrate, read_request
from deployments.zyphra.zonos.generate import no_audio
from deployments.zyphra.zonos_speech.finishing import finish, give_out, said_of
from deployments.zyphra.zonos_speech.joining import (
    FADE_SAMPLES,
    LOUDEST,
    Levels,
    by_sentence,
    sounding_span,
    trimmed,
)
from deployments.zyphra.zonos_speech.judging import Take, judge
from deployments.zyphra.zonos_speech.passages import Passage, cut_passages
from deployments.zyphra.zonos_speech.performance import Performed
from deployments.zyphra.zonos_speech.reader import Reader, spaced
from pipeline.engines import SpeechRequest
from pipeline.lesson import SAMPLE_RATE, Phoneme, Samples, Word, join_speech
from pipeline.media.loudness import loudness

READER = Reader("en-us", 15.0)
LONG_ENOUGH = "This first sentence is long enough to be spoken alone."


def tone(seconds: float, amplitude: float = 0.3) -> Samples:
    at = np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    return (amplitude * np.sin(2 * np.pi * 220 * at)).astype(np.float32)


def quiet(seconds: float) -> Samples:
    return np.zeros(round(seconds * SAMPLE_RATE), np.float32)


def passages(narration: str, most_seconds: float) -> list[Passage | Pause]:
    return list(cut_passages(read_narration(narration), READER.seconds, most_seconds))


def test_sentences_of_a_paragraph_are_spoken_together() -> None:
    first, second, *_ = passages(f"{LONG_ENOUGH}\n\nAnother is said. More follows. So do I.", 20.0)
    assert isinstance(first, Passage)
    assert isinstance(second, Passage)
    assert [s.text for s in second.sentences] == ["Another is said.", "More follows.", "So do I."]
    assert not second.follows


def test_the_first_passage_is_one_sentence_so_that_it_is_soon_heard() -> None:
    first, rest = passages(f"{LONG_ENOUGH} More is said. And more.", 20.0)
    assert isinstance(first, Passage)
    assert isinstance(rest, Passage)
    assert first.text == LONG_ENOUGH
    assert rest.text == "More is said. And more."
    assert rest.follows


def test_a_first_sentence_that_is_too_short_is_spoken_with_the_next() -> None:
    first, rest = passages(f"Yes. {LONG_ENOUGH} And more.", 20.0)
    assert isinstance(first, Passage)
    assert isinstance(rest, Passage)
    assert first.text == f"Yes. {LONG_ENOUGH}"
    assert rest.text == "And more."


def test_passages_end_at_sentences_and_follow_each_other_within_a_paragraph() -> None:
    cut = passages("This is one sentence of some length. " * 8 + "\n\nA new paragraph.", 8.0)
    assert all(isinstance(part, Passage) for part in cut)
    follows = [part.follows for part in cut if isinstance(part, Passage)]
    assert follows == [False, *[True] * (len(cut) - 2), False]
    for part in cut:
        assert isinstance(part, Passage)
        assert part.words[-1].endswith(".")
        assert READER.seconds(part.words) <= 8.0 + 1e-6


def test_pauses_stand_between_passages() -> None:
    before, pause, after = passages("Wait. [pause 1.5s] Go on.", 20.0)
    assert pause == Pause(1.5)
    assert isinstance(before, Passage)
    assert before.pause_seconds == 0
    assert isinstance(after, Passage)
    assert not after.follows


@pytest.mark.parametrize(
    "narration",
    ["and so on and on, " * 60, "word " * 150, "x" * 280, "Donaudampfschiffahrt" * 12],
)
def test_what_is_too_long_is_cut_and_nothing_is_lost(narration: str) -> None:
    cut = passages(narration, 6.0)
    assert len(cut) > 1
    said = "".join(word for part in cut if isinstance(part, Passage) for word in part.words)
    assert said == "".join(narration.split())
    for part in cut:
        assert isinstance(part, Passage)
        assert READER.seconds(part.words) <= 6.0 + 1e-6


def test_a_sentence_is_expected_to_take_as_long_as_its_phonemes() -> None:
    words = [
        "This",
        "is",
        "a",
        "sentence",
        "of",
        "some",
        "length",
        "that",
        "is",
        "spoken",
        "at",
        "two",
        "rates",
    ]
    slow, fast = (Reader("en-us", rate).seconds(words) for rate in (10.0, 20.0))
    assert fast == pytest.approx(slow / 2)
    assert 1.5 < fast < 3.0


def test_text_without_spaces_is_read_from_mark_to_mark() -> None:
    narration = spaced("光没有颜色。我们给它颜色，对吗？对。", "cmn")
    parts = read_narration(narration)
    assert [part.text for part in parts if isinstance(part, Sentence)] == [
        "光没有颜色。",
        "我们给它颜色， 对吗？",
        "对。",
    ]
    assert spaced("No。change", "en-us") == "No。change"


def test_signs_are_read_in_english_and_pronunciations_in_every_language() -> None:
    english = Reader("en-us", 15.0, (("SQL", "sequel"),))
    said = [word.text for word in english.say(["SQL", "is", "3", "×", "4"])]
    assert said[0] == "sequel"
    assert "times" in said
    german = Reader("de", 15.0, (("SQL", "sequel"),))
    assert [word.text for word in german.say(["SQL", "ist", "gut"])] == ["sequel", "ist", "gut"]


def test_trimming_leaves_no_edge_and_says_what_it_cut() -> None:
    cut, skipped = trimmed(np.concatenate([quiet(0.5), tone(1.0), quiet(0.7)]))
    assert len(cut) / SAMPLE_RATE == pytest.approx(1.11, abs=0.03)
    assert skipped / SAMPLE_RATE == pytest.approx(0.47, abs=0.02)
    assert cut[0] == cut[-1] == 0
    steepest = np.abs(np.diff(tone(1.0))).max()
    assert np.abs(np.diff(cut)).max() <= steepest + 0.3 / FADE_SAMPLES


def test_sound_without_silence_is_faded_at_its_ends() -> None:
    cut, skipped = trimmed(tone(1.0))
    assert skipped == 0
    assert len(cut) == SAMPLE_RATE
    assert cut[0] == cut[-1] == 0
    assert trimmed(quiet(0.0))[0].shape == (0,)


def test_silence_has_no_span() -> None:
    assert sounding_span(quiet(1.0)) == (0, 0)


def test_passages_get_the_loudness_of_the_first() -> None:
    levels = Levels()
    first, *others = (levels.level(tone(2.0, a)) for a in (0.3, 0.15, 0.6))
    for other in others:
        assert loudness(other) == pytest.approx(loudness(first), abs=0.2)


def test_a_whisper_is_not_blown_up_and_nothing_clips() -> None:
    levels = Levels()
    first = levels.level(tone(2.0, 1.4))
    assert np.abs(first).max() <= LOUDEST + 1e-6
    whisper = levels.level(tone(2.0, 0.01))
    assert loudness(whisper) < loudness(first) - 20


def test_sentences_are_cut_between_their_words_and_nothing_is_lost() -> None:
    samples = tone(4.0)
    words = (Word("One.", 0.2, 1.0), Word("Two", 1.6, 2.0), Word("too.", 2.1, 3.0))
    phonemes = (Phoneme("w", 0.2, 1.0), Phoneme("t", 1.6, 2.0), Phoneme("u", 2.1, 3.0))
    first, second = by_sentence(samples, words, phonemes, [1, 2])
    assert np.array_equal(np.concatenate([first.samples, second.samples]), samples)
    assert first.seconds == pytest.approx(1.3, abs=1e-3)
    assert [w.text for w in second.words] == ["Two", "too."]
    assert second.words[0].start_seconds == pytest.approx(0.3, abs=1e-3)
    assert [p.symbol for p in first.phonemes] == ["w"]
    assert first.sentences == ((0, 1),)
    assert second.sentences == ((0, 2),)


@pytest.mark.parametrize(
    ("samples", "ended", "why"),
    [
        (tone(3.0), True, None),
        (tone(3.0), False, "it found no end"),
        (quiet(3.0), True, "it was silent"),
        (quiet(0.0), True, "it was silent"),
        (tone(0.8), True, "it took 0.8 s where 3.0 s were expected"),
        (tone(10.0), True, "it took 10.0 s where 3.0 s were expected"),
        (np.concatenate([tone(1.0), quiet(3.0), tone(1.0)]), True, "it was silent for 3.0 s"),
    ],
)
def test_a_take_is_judged_by_its_end_its_length_and_its_silences(
    samples: Samples, ended: bool, why: str | None
) -> None:
    assert judge(Take(samples, 3.0, ended)) == why


def test_real_speech_is_cut_where_its_sentences_end() -> None:
    narration = (
        "Light has no colour of its own; we give it one. When it falls on a leaf, most of it is "
        "taken in. Dr. Smith paid $5.99 for a lamp. It shines in three colours."
    )
    truth = join_speech(
        list(narrate(Builtin().load(), read_request("builtin", SpeechRequest(narration))))
    )
    sentences = [part for part in read_narration(narration) if isinstance(part, Sentence)]
    passage = Passage(tuple(sentences), follows=False)
    assert judge(Take(truth.samples, READER.seconds(passage.words), True)) is None
    performed = Performed(no_audio(), truth.samples)
    spoken = said_of(passage, READER)
    finished = finish(passage, spoken, performed, READER, align)
    pieces = give_out(passage, finished, Levels())
    joined = join_speech(pieces)
    assert [w.text for w in joined.words] == narration.split()
    assert joined.sentences == truth.sentences
    for piece in pieces:
        assert np.abs(piece.samples[-100:]).max() < 0.01
    for mine, true in zip(joined.words, truth.words, strict=True):
        assert mine.start_seconds == pytest.approx(true.start_seconds, abs=0.3)
