"""How English is read aloud: what is written in figures, signs and short forms, put into words."""

import re
import unicodedata
from collections.abc import Sequence

from anyascii import anyascii
from hibari.g2p.normalize import normalize

from deployments.zyphra.addresses import name_addresses
from deployments.zyphra.figures import name_figures
from deployments.zyphra.narration import Part, Sentence
from deployments.zyphra.signs import GREEK_SIGN, name_signs, usual_characters
from deployments.zyphra.spoken import Rewrite
from deployments.zyphra.units import name_units
from pipeline.errors import LanguageUnsupported

SHORT_FORMS = {
    "ca.": "circa",
    "c.": "circa",
    "Eq.": "Equation",
    "eq.": "equation",
    "Eqs.": "Equations",
    "Figs.": "Figures",
    "figs.": "figures",
    "Sec.": "Section",
    "sec.": "section",
    "p.": "page",
    "Nr.": "Number",
    "max.": "maximum",
    "incl.": "including",
    "excl.": "excluding",
    "resp.": "respectively",
    "viz.": "namely",
    "w.r.t.": "with respect to",
    "a.k.a.": "also known as",
}
BEFORE_FIGURES = re.compile(r"(?<![\w.])(ca|c|Eqs?|eq|[Ff]igs|[Ss]ec|p|Nr)\.\s?(?=\d)")
ANYWHERE = re.compile(r"(?<![\w.])(max|incl|excl|resp|viz|w\.r\.t|a\.k\.a)\.(?=[\s,;)])")
# Words at the end of a sentence that hibari takes for "number", "figure", "Sunday" …; a space
# before the point, which it removes again, keeps it from that.
NO_SHORT_FORM = re.compile(r"(?<![\w.])(no|nos|figs?|ed|est)\.(?!\s?\d)|\b(Sun)\.(?=\W*$)")
GENERATION = re.compile(r"\bGen (?=(?:[XYZ]|Alpha)\b)")
AND_SO_ON = re.compile(r"\betc\.(?=,|;|\)| [a-z])")
ACRONYMS = {"SCORM": "skorm", "YAML": "yammel", "JPEG": "jay peg", "LaTeX": "lay tech"}
ACRONYM = re.compile(rf"\b({'|'.join(ACRONYMS)})\b")

ROMAN = r"(?P<numeral>X{0,3}(?:IX|IV|V?I{0,3}))"
ROMAN_ORDINAL = re.compile(rf"\b(?=[IVX]){ROMAN}(?:th|st|nd|rd)\b")
ROMAN_NUMBER = re.compile(
    rf"(?<![\w.'-])(?=[IVX]{{2,}}\b){ROMAN}(?![\w'-]|\.\w| (?:drip|fluid|line|therapy))"
)
ROMAN_ONE = re.compile(r"\bI(?=,? (?:(?:and|or|to) )?II\b)")
LETTER_A = re.compile(
    r"(?P<before>\b(?i:type|plan|grade|group|class|point|part|team|vitamin|option|section|figure) )"
    r"A\b|\bA(?=[.,;:!?](?:\s|$)|$| (?:to|and|or|in) (?:[B-Z]|math|science|English)\b)"
    r"|\bA(?= (?:dot|dash|slash|underscore|at)\b)|(?<=dot )A\b|(?<=slash )A\b|(?<=dash )A\b"
    r"|\ba(?=(?: squared| cubed)? (?:\+|plus|minus|times|equals|over) (?:[b-z]|\d+)\b)"
)
ROMANS = {"I": 1, "V": 5, "X": 10}


def _short_forms(text: str) -> str:
    text = BEFORE_FIGURES.sub(lambda m: SHORT_FORMS[f"{m[1]}."] + " ", text)
    text = ANYWHERE.sub(lambda m: SHORT_FORMS[m[0]], text)
    text = ACRONYM.sub(lambda m: ACRONYMS[m[1]], text)
    text = NO_SHORT_FORM.sub(lambda m: f"{m[1] or m[2]} .", text)
    text = GENERATION.sub("jen ", text)
    return AND_SO_ON.sub("etc", text)


def _romans(text: str) -> str:
    """Those hibari leaves, as it knows only "Chapter IV", "Louis XIV" and their like."""
    text = ROMAN_ORDINAL.sub(lambda m: _ordinal(_roman(m["numeral"])), text)
    text = ROMAN_ONE.sub("1", text)
    return ROMAN_NUMBER.sub(lambda m: str(_roman(m["numeral"])), text)


def _letters(text: str) -> str:
    """The letter A is no article; misaki's notation gives hibari its sound outright."""
    return LETTER_A.sub(lambda m: f"{m['before'] or ''}[A](/ˈA/)", text)


def _transliterated(text: str) -> str:
    """Words of other scripts as near as our letters come; accents stay, hibari knows many."""
    return "".join(c if readable(c) else anyascii(c) for c in text)


PLAIN_REWRITES: tuple[Rewrite, ...] = (
    name_addresses,
    usual_characters,
    name_units,
    name_signs,
    name_figures,
    _short_forms,
    _transliterated,
    normalize,
    _romans,
)
"""In this order: each leaves fewer figures and signs to the next. Plain words, for any voice."""
REWRITES: tuple[Rewrite, ...] = (*PLAIN_REWRITES, _letters)
"""For hibari's voice and those that read with it."""


def refuse_unreadable(engine: str, parts: Sequence[Part]) -> None:
    """Raises LanguageUnsupported if a sentence is mostly in letters that English does not have."""
    for part in parts:
        if isinstance(part, Sentence):
            letters = [c for c in GREEK_SIGN.sub("", part.text) if c.isalpha()]
            foreign = [c for c in letters if not readable(c)]
            if len(foreign) * 2 > len(letters):
                raise LanguageUnsupported(engine, _script(foreign[0]), "English")


def readable(character: str) -> bool:
    plain = unicodedata.normalize("NFKC", character)[0]
    return plain.isascii() or not plain.isalpha() or _script(plain) == "Latin"


def _script(letter: str) -> str:
    return unicodedata.name(letter, "unknown").split()[0].title()


def _roman(numeral: str) -> int:
    values = [ROMANS[letter] for letter in numeral]
    after = [*values[1:], 0]
    return sum(-v if v < n else v for v, n in zip(values, after, strict=True))


def _ordinal(number: int) -> str:
    ending = "th" if 10 < number % 100 < 20 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"
