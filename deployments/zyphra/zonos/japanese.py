"""Japanese text as katakana words (SPEC 5.1): digits to kanji, then Sudachi's readings."""

import re
import unicodedata
from functools import cache

import kanjize
from sudachipy import Dictionary, SplitMode, Tokenizer

DICTIONARY = "core"
"""Sudachi's edition. The reference asks for ``full``, which knows more names."""
LONGEST = 68
"""Digits of a number that still has a name."""

_DIGITS = re.compile(r"\d+")


def normalise_japanese(text: str) -> str:
    """Readings of the words, with spaces between them."""
    text = unicodedata.normalize("NFKC", text)
    text = _DIGITS.sub(lambda found: _kanji(found[0]), text)
    words = _tokenizer().tokenize(text, SplitMode.A)
    return " ".join(word.reading_form() for word in words)


def _kanji(digits: str) -> str:
    """The number's name; one too long to have one is read digit by digit."""
    numbers = [digits] if len(digits) <= LONGEST else digits
    return "".join(kanjize.number2kanji(int(number)) for number in numbers)


@cache
def _tokenizer() -> Tokenizer:
    return Dictionary(dict=DICTIONARY).tokenizer()
