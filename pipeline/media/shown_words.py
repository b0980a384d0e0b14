"""The words of a narration as readers see them: without marks for the speaker."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from pipeline.lesson import Word

BETWEEN = "\x1f"
PAUSE = re.compile(rf"\[[\s{BETWEEN}]*pause\b[^\[\]]*\]", re.IGNORECASE)
CLAUSE_ENDS = tuple(",;:)–—…،؛、，；：")
CLOSING_QUOTES = "\"'”’»"
JOINERS = "\u200c\u200d"
"""Not printable by Python's book, but letters of some scripts and emoji need them."""

EndOf = Literal["word", "clause", "sentence"]


@dataclass(frozen=True, slots=True)
class Token:
    """A word ready to be shown; ``end_of`` says what ends with it."""

    text: str
    start_seconds: float
    end_seconds: float
    end_of: EndOf = "word"


def shown_words(words: Sequence[Word], sentences: Sequence[tuple[int, int]]) -> list[Token]:
    """The words without pause marks and control characters."""
    last_words = {end - 1 for _, end in sentences}
    tokens: list[Token] = []
    for index, (word, text) in enumerate(zip(words, _without_marks(words), strict=True)):
        if text:
            kind = _end_of(text, index in last_words)
            tokens.append(Token(text, word.start_seconds, word.end_seconds, kind))
        elif index in last_words and tokens:
            tokens[-1] = replace(tokens[-1], end_of="sentence")
    return tokens


def _without_marks(words: Sequence[Word]) -> list[str]:
    """The texts of the words; a mark may be part of a word, or spread over several."""
    joined = BETWEEN.join(printable(word.text) for word in words)
    unmarked = PAUSE.sub(lambda mark: " " + BETWEEN * mark[0].count(BETWEEN), joined)
    return [printable(text) for text in unmarked.split(BETWEEN)] if words else []


def printable(text: str) -> str:
    """The text in one line, without control characters."""
    visible = "".join(c if c.isprintable() or c in JOINERS else " " for c in text)
    return " ".join(visible.split())


def _end_of(text: str, last_of_sentence: bool) -> EndOf:
    if last_of_sentence:
        return "sentence"
    return "clause" if text.rstrip(CLOSING_QUOTES).endswith(CLAUSE_ENDS) else "word"
