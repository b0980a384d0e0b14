"""The built-in voice: English, one speaker, a hundred times faster than it speaks, no GPU."""

from collections.abc import AsyncGenerator, Generator, Iterator, Sequence
from importlib.metadata import version
from threading import Lock

import numpy as np
import soxr

from deployments.zyphra.hibari_model import FASTEST, SLOWEST, HibariModel
from deployments.zyphra.hibari_model import SAMPLE_RATE as MODEL_RATE
from deployments.zyphra.narration import Part, Pause, Sentence, read_narration
from deployments.zyphra.reading import REWRITES, refuse_unreadable
from deployments.zyphra.spoken import Rewrite, pronounce, say
from deployments.zyphra.timing import Sounding, sounding, words
from pipeline.engines import EngineCard, SpeechRequest, in_thread
from pipeline.errors import LanguageUnsupported
from pipeline.lesson import SAMPLE_RATE, Phoneme, Samples, Speech, Word

NAME = "builtin"
REVISION = 1
"""Goes up with every change that makes the same narration sound or be timed differently."""
LANGUAGES = ("en", "en-us")
USUAL_RATE = 15.0
"""The ``speaking_rate`` at which the voice goes at its own pace."""
LEAD_SECONDS, TAIL_SECONDS = 0.03, 0.05
"""Left of the silence before and after a sentence, so that soft onsets and decays are whole."""
FADE_SAMPLES = 220
LOUDEST = 0.97


class Builtin:
    """Making one costs nothing; the voice is loaded by ``load`` or when it first speaks."""

    def __init__(self) -> None:
        self._model: HibariModel | None = None
        self._loading = Lock()

    def load(self) -> HibariModel:
        with self._loading:
            if self._model is None:
                self._model = HibariModel()
            return self._model

    async def card(self, ask: SpeechRequest) -> EngineCard:
        label = "Spoken by the built-in voice"
        if ask.voice is not None:
            label += ", not by yours"
        missing = None if ask.language in LANGUAGES else f"it speaks English, not “{ask.language}”"
        release = f"hibari-{version('hibari-tts')}+{REVISION}"
        return EngineCard(NAME, release, "embedded", label, missing=missing)

    def speak(self, ask: SpeechRequest) -> AsyncGenerator[Speech, None]:
        return in_thread(self._speak(ask))

    def _speak(self, ask: SpeechRequest) -> Generator[Speech, None, None]:
        if ask.language not in LANGUAGES:
            raise LanguageUnsupported(NAME, ask.language, "English")
        parts = read_narration(ask.narration)
        refuse_unreadable(NAME, parts)
        rewrites = (pronounce(ask.pronunciations), *REWRITES)
        speed = min(FASTEST, max(SLOWEST, ask.speaking_rate / USUAL_RATE))
        model = self.load()
        for number, part in enumerate(parts):
            # Its own noise for each part: a sentence sounds the same whatever stands before it.
            noise = np.random.default_rng((ask.seed, number))
            yield _spoken(model, part, rewrites, speed, noise)


def _spoken(
    model: HibariModel,
    part: Part,
    rewrites: Sequence[Rewrite],
    speed: float,
    noise: np.random.Generator,
) -> Speech:
    if isinstance(part, Pause):
        return Speech(_silence(part.seconds))
    symbols = model.read(say(part.words, rewrites))
    utterance = model.utter(symbols, speed, noise)
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
