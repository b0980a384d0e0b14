"""Letters English does not have, written in those it has."""

import unicodedata

WITHOUT_MARK = str.maketrans(
    {"ł": "l", "Ł": "L", "ø": "o", "Ø": "O", "đ": "d", "Đ": "D", "ħ": "h", "ı": "i"}
    | {"ß": "ss", "æ": "ae", "Æ": "Ae", "œ": "oe", "Œ": "Oe", "þ": "th", "Þ": "Th", "ð": "th"}
)


def unaccented(word: str) -> str:
    """The word in the letters a to z, as far as its own stand for these."""
    parts = unicodedata.normalize("NFKD", word.translate(WITHOUT_MARK))
    return "".join(c for c in parts if c.isascii())
