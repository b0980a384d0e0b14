"""Caption text in lines: at most two, of at most 42 characters, of like length.

Letters of Chinese, Japanese and Korean are twice as wide as others and count as two.
"""

import re
import unicodedata
from bisect import bisect_right
from itertools import accumulate

LINE_CHARACTERS = 42
FIRST_WIDE = "\u1100"
"""Nothing below it is wide (Unicode Standard Annex 11)."""
LEAST_PART = 4
"""No part of a divided word is shorter."""

JOINERS = "\u200d\ufe0e\ufe0f"
GOOD_BREAK = re.compile(r"[,;:.!?…)–—、。]$")
DIVIDERS = "-–—/._?&=@、。，．！？；：…」』）】"
"""A long word may be divided after these."""
NEVER_FIRST = "、。，．・！？；：」』）】〉》ー々〜…ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮ"
"""No line of Japanese or Chinese starts with one of these (JIS X 4051)."""
BREAK_BONUS = 8
"""How many characters of unevenness a break after a clause is worth."""


def columns(text: str) -> int:
    """How much of a line the text takes, in narrow characters."""
    return sum(map(_width, text))


def _width(letter: str) -> int:
    return 2 if letter >= FIRST_WIDE and unicodedata.east_asian_width(letter) in "WF" else 1


def fits(text: str) -> bool:
    """Whether the text goes into two lines."""
    return columns(text) <= LINE_CHARACTERS or bool(_breaks(text))


def in_lines(text: str) -> str:
    """The text in one line, or in two of like length, rather broken after a clause."""
    if columns(text) <= LINE_CHARACTERS:
        return text
    at = min(_breaks(text), key=lambda space: _unevenness(text, space))
    return f"{text[:at]}\n{text[at + 1 :]}"


def _breaks(text: str) -> list[int]:
    """The spaces that leave at most a line on both sides."""
    upto = list(accumulate(map(_width, text), initial=0))
    first, last = upto[-1] - LINE_CHARACTERS - 1, LINE_CHARACTERS
    return [i for i, c in enumerate(text) if c == " " and first <= upto[i] <= last]


def _unevenness(text: str, space: int) -> float:
    uneven = abs(2 * space + 1 - len(text))
    return uneven - BREAK_BONUS * bool(GOOD_BREAK.search(text[:space]))


def split_long_word(word: str) -> list[str]:
    """The word, in parts of at most a line; divided where it divides itself, else by hyphens.

    What is written without blanks is a long word too, but takes no hyphens.
    """
    parts = []
    while columns(word) > LINE_CHARACTERS:
        at = _division(word)
        divides_itself = word[at - 1] in DIVIDERS or _width(word[at - 1]) > 1
        parts.append(word[:at] if divides_itself else f"{word[:at]}-")
        word = word[at:]
    return [*parts, word]


def _division(word: str) -> int:
    """Where to divide: after the last own mark of a line's worth, else before a whole letter."""
    most = bisect_right(list(accumulate(map(_width, word))), LINE_CHARACTERS)
    for at in range(most, LEAST_PART, -1):
        if word[at - 1] in DIVIDERS and not _inside_letter(word, at):
            return at
    at = min(most - 1, len(word) - LEAST_PART)
    while at > 1 and _inside_letter(word, at):
        at -= 1
    return at


def _inside_letter(word: str, at: int) -> bool:
    """Whether the character there belongs to the one before: accents, joined emoji, marks."""
    joined = word[at] in JOINERS + NEVER_FIRST or word[at - 1] == "\u200d"
    return joined or unicodedata.combining(word[at]) != 0
