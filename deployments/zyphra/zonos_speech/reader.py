"""Narrations as Zonos reads them: pronunciations and signs put into words, phonemes, lengths."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from deployments.zyphra.addresses import name_addresses
from deployments.zyphra.figures import name_figures
from deployments.zyphra.narration import speakable
from deployments.zyphra.signs import name_signs, usual_characters
from deployments.zyphra.spoken import Rewrite, Spoken, pronounce, say
from deployments.zyphra.units import name_units
from deployments.zyphra.zonos.phonemes import normalise, phonemise
from deployments.zyphra.zonos.symbols import symbol_ids
from deployments.zyphra.zonos_speech.languages import UNSPACED

ENGLISH_REWRITES: tuple[Rewrite, ...] = (
    name_addresses,
    usual_characters,
    name_units,
    name_signs,
    name_figures,
)
"""Before the model's own numbers: what it was not trained to read."""
SENTENCE_REST_SECONDS, CLAUSE_REST_SECONDS = 0.35, 0.15
SENTENCE_MARKS, CLAUSE_MARKS = tuple(".!?…。！？"), tuple(",;:—–、，；：")
UNSPACED_BREAK = re.compile(r"(?<=[。！？、，；：])(?=[^\s。！？、，；：」』”’）])")
"""Where words of text without spaces end, as far as we look: after marks."""


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
        english = ENGLISH_REWRITES if self.language.startswith("en") else ()
        return say(words, (pronounce(self.pronunciations), *english))

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
