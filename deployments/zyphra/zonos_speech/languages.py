"""The languages Zonos was trained to speak, under the names that its reader and symbols use."""

from pipeline.errors import LanguageUnsupported

ENGLISH = "en-us"
CODES = {
    "en": ENGLISH,
    "en-us": ENGLISH,
    "en-gb": "en-gb",
    "de": "de",
    "fr": "fr-fr",
    "ja": "ja",
    "zh": "cmn",
}
"""By the language alone, or by language and country where the model knows a variety."""
SPOKEN = "English, German, French, Japanese and Chinese"
UNSPACED = ("ja", "cmn")
"""Written without spaces between words."""


def model_language(language: str) -> str | None:
    """The model's name for a language such as ``en-us``, ``de`` or ``zh-cn``; None: not spoken."""
    return CODES.get(language) or CODES.get(language.partition("-")[0])


def missing_language(language: str) -> str | None:
    return None if model_language(language) else f"it speaks {SPOKEN}, not “{language}”"


def need_language(engine: str, language: str) -> str:
    """The model's name for it. Raises LanguageUnsupported."""
    known = model_language(language)
    if known is None:
        raise LanguageUnsupported(engine, language, SPOKEN)
    return known
