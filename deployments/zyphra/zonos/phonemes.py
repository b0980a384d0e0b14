"""Text to phoneme ids (SPEC section 5): numbers to words, espeak-ng's phonemes, symbols.

The version of espeak-ng matters: the one that comes with ``espeakng-loader`` is used, never one of
the system.
"""

from functools import cache
from threading import Lock

import espeakng_loader
from phonemizer.backend import EspeakBackend
from phonemizer.backend.espeak.wrapper import EspeakWrapper

from deployments.zyphra.zonos.japanese import normalise_japanese
from deployments.zyphra.zonos.normalise import normalise_numbers
from deployments.zyphra.zonos.symbols import PUNCTUATION, LanguageUnknown, symbol_ids

# espeak-ng keeps its voice in global variables
_espeak = Lock()


class NothingToPhonemise(ValueError):
    """The text holds nothing to say."""


def normalise(text: str, language: str) -> str:
    """The text as it is handed to espeak-ng."""
    return normalise_japanese(text) if "ja" in language else normalise_numbers(text)


def phonemise(text: str, language: str) -> str:
    """IPA with stress, word by word, punctuation and spaces kept.

    Raises LanguageUnknown, NothingToPhonemise.
    """
    with _espeak:
        phonemes: list[str] = _backend(language).phonemize([text], strip=True)
    if not phonemes:
        raise NothingToPhonemise(text)
    return phonemes[0]


def phoneme_ids(text: str, language: str) -> list[int]:
    """The model's input for a text in one of its languages."""
    return symbol_ids(phonemise(normalise(text, language), language))


@cache
def _backend(language: str) -> EspeakBackend:
    EspeakWrapper.set_library(espeakng_loader.get_library_path())
    EspeakWrapper.set_data_path(espeakng_loader.get_data_path())
    if not EspeakBackend.is_supported_language(language):
        raise LanguageUnknown(language)
    return EspeakBackend(
        language,
        preserve_punctuation=True,
        with_stress=True,
        punctuation_marks=PUNCTUATION,
    )
