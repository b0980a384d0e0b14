"""Caption text in lines: at most two, of at most 42 characters, of like length."""

import re
import unicodedata

LINE_CHARACTERS = 42
LEAST_PART = 4
"""No part of a divided word is shorter."""

JOINERS = "\u200d\ufe0e\ufe0f"
GOOD_BREAK = re.compile(r"[,;:.!?…)–—、。]$")
BREAK_BONUS = 8
"""How many characters of unevenness a break after a clause is worth."""


def fits(text: str) -> bool:
    """Whether the text goes into two lines."""
    return len(text) <= LINE_CHARACTERS or bool(_breaks(text))


def in_lines(text: str) -> str:
    """The text in one line, or in two of like length, rather broken after a clause."""
    if len(text) <= LINE_CHARACTERS:
        return text
    at = min(_breaks(text), key=lambda space: _unevenness(text, space))
    return f"{text[:at]}\n{text[at + 1 :]}"


def _breaks(text: str) -> list[int]:
    """The spaces that leave at most a line on both sides."""
    first, last = len(text) - LINE_CHARACTERS - 1, LINE_CHARACTERS
    return [i for i, c in enumerate(text) if c == " " and first <= i <= last]


def _unevenness(text: str, space: int) -> float:
    uneven = abs(2 * space + 1 - len(text))
    return uneven - BREAK_BONUS * bool(GOOD_BREAK.search(text[:space]))


def split_long_word(word: str) -> list[str]:
    """The word, in parts of at most a line; divided where it divides itself, else by hyphens."""
    parts = []
    while len(word) > LINE_CHARACTERS:
        at = _division(word)
        divides_itself = word[at - 1] in "-–—/._?&=@"
        parts.append(word[:at] if divides_itself else f"{word[:at]}-")
        word = word[at:]
    return [*parts, word]


def _division(word: str) -> int:
    """Where to divide: after the last own mark of a line's worth, else before a whole letter."""
    for at in range(LINE_CHARACTERS, LEAST_PART, -1):
        if word[at - 1] in "-–—/._?&=@" and not _inside_letter(word, at):
            return at
    at = min(LINE_CHARACTERS - 1, len(word) - LEAST_PART)
    while at > 1 and _inside_letter(word, at):
        at -= 1
    return at


def _inside_letter(word: str, at: int) -> bool:
    """Whether the character there belongs to the one before: accents, joined emoji."""
    joined = word[at] in JOINERS or word[at - 1] == "\u200d"
    return joined or unicodedata.combining(word[at]) != 0
