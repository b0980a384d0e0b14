"""Narrations as Zonos reads them: pronunciations and signs put into words, phonemes, lengths."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from deployments.zyphra.narration import speakable
from deployments.zyphra.reading import PLAIN_REWRITES
from deployments.zyphra.sentences import UNSPACED_BREAK
from deployments.zyphra.spoken import Spoken, pronounce, say
from deployments.zyphra.zonos.phonemes import normalise, phonemise
from deployments.zyphra.zonos.symbols import symbol_ids
from deployments.zyphra.zonos_speech.languages import UNSPACED

SENTENCE_REST_SECONDS, CLAUSE_REST_SECONDS = 0.35, 0.15
SENTENCE_MARKS, CLAUSE_MARKS = tuple(".!?…。！？"), tuple(",;:—–、，；：")


def spaced(narration: str, language: str) -> str:
    """Text of a language without spaces, with one after each mark."""
    return UNSPACED_BREAK.sub(" ", narration) if language in UNSPACED else narration


@dataclass(frozen=True, slots=True)
class Reader:
    """``language`` is one of the model's; ``rate`` in phonemes a second."""

    language: str
    rate: float
    pronunciations: tuple[tuple[str, str], ...] = ()

    def say(self, words: Sequence[str]) -> tuple[Spoken, ...]:
        english = PLAIN_REWRITES if self.language.startswith("en") else ()
        return say(words, (pronounce(self.pronunciations), *english))

    def readings(self, spoken: Sequence[Spoken], count: int) -> list[str]:
        """How each of ``count`` written words is said, as the model reads it; "" if it is not."""
        said = [" ".join(word.text for word in spoken if word.source == at) for at in range(count)]
        return [normalise(text, self.language) for text in said]

    def phonemes(self, text: str) -> str:
        """Raises NothingToPhonemise."""
        return phonemise(normalise(text, self.language), self.language)

    def ids(self, text: str) -> list[int]:
        """The model's input. Raises NothingToPhonemise."""
        return symbol_ids(self.phonemes(text))

    def seconds(self, words: Sequence[str]) -> float:
        """How long the words will take: their phonemes, and rests at their marks."""
        text = " ".join(word.text for word in self.say(words))
        if not speakable(text):
            return 0.0
        sounds = sum(map(_sounds, self.phonemes(text)))
        clauses = sum(word.endswith(CLAUSE_MARKS) for word in words)
        sentences = sum(word.endswith(SENTENCE_MARKS) for word in words)
        rests = clauses * CLAUSE_REST_SECONDS + sentences * SENTENCE_REST_SECONDS
        return sounds / self.rate + rests


def _sounds(symbol: str) -> bool:
    """Letters do; marks of stress, length and colour (modifier letters) are parts of theirs."""
    return symbol.isalpha() and unicodedata.category(symbol) != "Lm"
