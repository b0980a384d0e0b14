"""Spoken language out of a narration: what is the same for every embedded voice.

A sentence or a pause at a time, with the timings of its words and phonemes, at the studio's rate.
"""

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import soxr

from deployments.zyphra.narration import Part, Pause, Sentence, read_narration
from deployments.zyphra.reading import REWRITES, refuse_unreadable
from deployments.zyphra.spoken import Rewrite, pronounce, say
from deployments.zyphra.timing import Sounding, sounding, words
from deployments.zyphra.utterance import FASTEST, SLOWEST, Voice
from deployments.zyphra.utterance import SAMPLE_RATE as MODEL_RATE
from pipeline.engines import SpeechRequest
from pipeline.errors import LanguageUnsupported
from pipeline.lesson import SAMPLE_RATE, Phoneme, Samples, Speech, Word

LANGUAGES = ("en", "en-us")
USUAL_RATE = 15.0
"""The ``speaking_rate`` at which a voice goes at its own pace."""
LEAD_SECONDS, TAIL_SECONDS = 0.03, 0.05
"""Left of the silence before and after a sentence, so that soft onsets and decays are whole."""
FADE_SAMPLES = 220
LOUDEST = 0.97


@dataclass(frozen=True, slots=True)
class Task:
    """A narration as it is to be spoken; ``speed`` is a multiple of the voice's own pace."""

    parts: tuple[Part, ...]
    rewrites: tuple[Rewrite, ...]
    speed: float
    seed: int


def missing_language(ask: SpeechRequest) -> str | None:
    return None if ask.language in LANGUAGES else f"it speaks English, not “{ask.language}”"


def read_request(engine: str, ask: SpeechRequest) -> Task:
    """Raises LanguageUnsupported, NothingToSay, PauseTooLong."""
    if ask.language not in LANGUAGES:
        raise LanguageUnsupported(engine, ask.language, "English")
    parts = read_narration(ask.narration)
    refuse_unreadable(engine, parts)
    speed = min(FASTEST, max(SLOWEST, ask.speaking_rate / USUAL_RATE))
    return Task(parts, (pronounce(ask.pronunciations), *REWRITES), speed, ask.seed)


def narrate(voice: Voice, task: Task) -> Generator[Speech, None, None]:
    for number, part in enumerate(task.parts):
        # Its own noise for each part: a sentence sounds the same whatever stands before it.
        noise = np.random.default_rng((task.seed, number))
        yield _spoken(voice, part, task.rewrites, task.speed, noise)


def _spoken(
    voice: Voice,
    part: Part,
    rewrites: Sequence[Rewrite],
    speed: float,
    noise: np.random.Generator,
) -> Speech:
    if isinstance(part, Pause):
        return Speech(_silence(part.seconds))
    symbols = voice.read(say(part.words, rewrites))
    utterance = voice.utter(symbols, speed, noise)
    phonemes = sounding(symbols, utterance, speed)
    if not phonemes:
        return _speech(part, _silence(part.pause_seconds), (), 0.0)
    start = max(0.0, phonemes[0].start - LEAD_SECONDS)
    end = phonemes[-1].end + TAIL_SECONDS
    wave = utterance.wave[round(start * MODEL_RATE) : round(end * MODEL_RATE)]
    rest = max(0.0, part.pause_seconds - LEAD_SECONDS - TAIL_SECONDS)
    samples = np.concatenate([_mastered(wave), _silence(rest)])
    return _speech(part, samples, phonemes, start)


def _speech(
    sentence: Sentence, samples: Samples, phonemes: Sequence[Sounding], start: float
) -> Speech:
    return Speech(
        samples,
        tuple(_moved(words(sentence.words, phonemes), -start)),
        tuple(Phoneme(p.character, p.start - start, p.end - start) for p in phonemes),
        ((0, len(sentence.words)),),
    )


def _moved(timed: Sequence[Word], seconds: float) -> Iterator[Word]:
    for word in timed:
        yield Word(word.text, word.start_seconds + seconds, word.end_seconds + seconds)


def _mastered(wave: Samples) -> Samples:
    """At the studio's rate, faded at both ends; quieter as a whole if it would clip."""
    samples = np.asarray(soxr.resample(wave, MODEL_RATE, SAMPLE_RATE), np.float32)
    fade = np.linspace(0, 1, min(FADE_SAMPLES, len(samples)), dtype=np.float32)
    samples[: len(fade)] *= fade
    samples[len(samples) - len(fade) :] *= fade[::-1]
    return samples * np.float32(min(1.0, LOUDEST / max(LOUDEST, float(np.abs(samples).max()))))


def _silence(seconds: float) -> Samples:
    return np.zeros(round(seconds * SAMPLE_RATE), np.float32)
