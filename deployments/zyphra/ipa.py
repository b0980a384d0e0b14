"""From espeak-ng's names of phonemes to the alphabet of :mod:`deployments.zyphra.timing`.

There one character is one phoneme, and diphthongs and affricates have characters of their own.
"""

import re
import unicodedata

PAIRS = {
    "eɪ": "A",
    "aɪ": "I",
    "aʊ": "W",
    "ɔɪ": "Y",
    "ɔø": "Y",
    "ɔʏ": "Y",
    "oʊ": "O",
    "əʊ": "Q",
    "tʃ": "ʧ",
    "dʒ": "ʤ",
    "ts": "ʦ",
    "dz": "ʣ",
    "tɕ": "ʨ",
    "dʑ": "ʥ",
    "ʈʂ": "ʧ",
}
# Mandarin's retroflexes and breathed stops as espeak-ng writes them; rare signs as the nearest
# that every reader of the alphabet knows.
WRITTEN_OTHERWISE = {
    "ts.h": "ʧ",
    "tɕh": "ʨ",
    "tsh": "ʦ",
    "th": "t",
    "ph": "p",
    "kh": "k",
    "ts.": "ʧ",
    "s.": "ʂ",
    "z.": "ʐ",
    "i.": "ɨ",
    "ʏ": "y",
    "ä": "a",
    "χ": "x",
    "ʀ": "ʁ",
    "ɭ": "l",
    "ʉ": "u",
    "ɘ": "ə",
    "ɵ": "ə",
    "ɫ": "l",
}
LANGUAGE_SWITCH = re.compile(r"\([a-z-]+\)")
_FIRST = re.compile("|".join(map(re.escape, sorted(WRITTEN_OTHERWISE, key=len, reverse=True))))
_PAIR = re.compile("|".join(map(re.escape, PAIRS)))


def symbols(name: str) -> str:
    """A character a phoneme, in order: stress, length, tone and other marks are left out."""
    name = LANGUAGE_SWITCH.sub("", unicodedata.normalize("NFC", name))
    name = _FIRST.sub(lambda found: WRITTEN_OTHERWISE[found[0]], name)
    plain = "".join(_base(character) for character in name)
    return _PAIR.sub(lambda found: PAIRS[found[0]], plain)


def _base(character: str) -> str:
    """The letter without what is set above it; nothing for what is small beside letters."""
    letter = character if character == "ç" else unicodedata.normalize("NFD", character)[0]
    return letter if unicodedata.category(letter) in ("Ll", "Lo") else ""
