"""Phoneme symbols, and the languages the model knows, each in the order of their ids."""

PAD, UNKNOWN, BEGIN, END = range(4)
PUNCTUATION = ';:,.!?¡¿—…"«»“”() *~-/\\&'
"""The marks at which a text is cut before it is phonemised. The space is one of them, so every word
is read by itself."""

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
IPA = (
    "ɑɐɒæɓʙβɔɕçɗɖðʤəɘɚɛɜɝɞɟʄɡɠɢʛɦɧħɥʜɨɪʝɭɬɫɮʟɱɯɰŋɳɲɴøɵɸθœɶʘɹɺɾɻʀʁɽʂʃʈʧʉʊʋⱱʌɣɤʍχʎʏʑʐʒʔʡʕʢǀǁǂǃ"
    "ˈˌːˑʼʴʰʱʲʷˠˤ˞↓↑→↗↘'\u0329'ᵻ"
)
SYMBOLS = PUNCTUATION + LETTERS + IPA
SYMBOL_IDS = {symbol: index for index, symbol in enumerate(SYMBOLS, start=END + 1)}
"""A symbol that is listed twice (the apostrophe) has its later id."""

_CODES = (
    "af am an ar as az ba bg bn bpy bs ca cmn cs cy da de el en-029 en-gb en-gb-scotland "
    "en-gb-x-gbclan en-gb-x-gbcwmd en-gb-x-rp en-us eo es es-419 et eu fa fa-latn fi fr-be "
    "fr-ch fr-fr ga gd gn grc gu hak hi hr ht hu hy hyw ia id is it ja jbo ka kk kl kn ko kok "
    "ku ky la lfn lt lv mi mk ml mr ms mt my nb nci ne nl om or pa pap pl pt pt-br py quc ro "
    "ru ru-lv sd shn si sk sl sq sr sv sw ta te tn tr tt ur uz vi vi-vn-x-central "
    "vi-vn-x-south yue"
)
LANGUAGES = tuple(_CODES.split())


def symbol_ids(phonemes: str) -> list[int]:
    """BEGIN, an id for each code point (UNKNOWN for one that has none), END."""
    return [BEGIN, *(SYMBOL_IDS.get(symbol, UNKNOWN) for symbol in phonemes), END]


def language_id(language: str) -> int:
    """The id of a language. Raises LanguageUnknown."""
    if language not in LANGUAGES:
        raise LanguageUnknown(language)
    return LANGUAGES.index(language)


class LanguageUnknown(ValueError):
    """The model was not trained with this language."""
