"""A voice that hums: for tests of everything that comes after a voice."""

from collections.abc import AsyncGenerator, Generator, Iterator, Sequence
from hashlib import sha256

import numpy as np

from deployments.zyphra.narration import Pause, Sentence, read_narration
from pipeline.engines import EngineCard, SpeechRequest, in_thread
from pipeline.lesson import SAMPLE_RATE, Phoneme, Samples, Speech, Word, join_speech

LETTERS_PER_SECOND = 15.0
BETWEEN_WORDS_SECONDS = 0.06
LOUDNESS = 0.2


class FakeSpeech:
    """Hums each word on its own note, as long as the word is written; a letter is a phoneme."""

    async def card(self, ask: SpeechRequest) -> EngineCard:  # noqa: ARG002
        return EngineCard("fake", "1", "fake", "Hummed by a fake voice, for tests", trained=False)

    async def learn(self, ask: SpeechRequest) -> bytes | None:
        """The hash of the recording: as good as any embedding, for a voice that ignores it."""
        return None if ask.voice is None else sha256(ask.voice).digest()

    def speak(self, ask: SpeechRequest) -> AsyncGenerator[Speech, None]:
        return in_thread(_hummed(ask))


def _hummed(ask: SpeechRequest) -> Generator[Speech, None, None]:
    for part in read_narration(ask.narration):
        yield _hum(part, ask.speaking_rate / LETTERS_PER_SECOND)


def _hum(part: Sentence | Pause, speed: float) -> Speech:
    if isinstance(part, Pause):
        return _silence(part.seconds)
    pieces = [piece for word in part.words for piece in _hum_word(word, speed)]
    sentence = join_speech([*pieces, _silence(part.pause_seconds)])
    return Speech(sentence.samples, sentence.words, sentence.phonemes, ((0, len(part.words)),))


def _hum_word(word: str, speed: float) -> Iterator[Speech]:
    letters = [letter for letter in word.lower() if letter.isalnum()]
    seconds = max(1, len(letters)) / LETTERS_PER_SECOND / speed
    samples = _note(sum(map(ord, word)), seconds)
    end = len(samples) / SAMPLE_RATE
    yield Speech(samples, (Word(word, 0.0, end),), tuple(_spread(letters, end)))
    yield _silence(BETWEEN_WORDS_SECONDS / speed)


def _spread(letters: Sequence[str], end: float) -> Iterator[Phoneme]:
    for at, letter in enumerate(letters):
        yield Phoneme(letter, end * at / len(letters), end * (at + 1) / len(letters))


def _note(number: int, seconds: float) -> Samples:
    """A sine between 220 and 440 Hz that swells and fades, so that it joins without a click."""
    at = np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    swell = np.sin(np.pi * at / seconds) ** 2
    return (LOUDNESS * swell * np.sin(2 * np.pi * (220 + number % 220) * at)).astype(np.float32)


def _silence(seconds: float) -> Speech:
    return Speech(np.zeros(round(seconds * SAMPLE_RATE), np.float32))
