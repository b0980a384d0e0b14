"""Japanese as it is read: espeak-ng knows kana and no kanji."""

from collections.abc import Callable
from importlib.util import find_spec

_read: Callable[[str], str] | None = None
if find_spec("sudachipy") and find_spec("kanjize"):
    from deployments.zyphra.zonos.japanese import normalise_japanese

    _read = normalise_japanese

NO_DICTIONARY = "the words of Japanese need its dictionary: pip install 'lectern[models]'"


def missing_dictionary(language: str) -> str | None:
    return NO_DICTIONARY if is_japanese(language) and _read is None else None


def in_kana(text: str) -> str:
    """The readings of the words, with spaces between them; as it is where the dictionary lacks."""
    return _read(text) if _read else text


def is_japanese(language: str) -> bool:
    return language.partition("-")[0] == "ja"
