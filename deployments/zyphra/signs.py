"""Signs that have a name: of mathematics, of the Greek alphabet, of typesetting."""

import re
import unicodedata

NAMES = {
    "≥": "is greater than or equal to",
    "≤": "is less than or equal to",
    "≠": "is not equal to",
    "≡": "is identical to",
    "∝": "is proportional to",
    "√": "the square root of",
    "∞": "infinity",
    "∑": "the sum of",
    "∏": "the product of",
    "∫": "the integral of",
    "∂": "partial",
    "∇": "nabla",
    "∈": "in",
    "∉": "not in",
    "⊂": "is a subset of",
    "∪": "union",
    "∩": "intersection",
    "∀": "for all",
    "∃": "there is",
    "∅": "the empty set",
    "∧": "and",
    "∨": "or",
    "¬": "not",
    "⇒": "implies",
    "⇔": "if and only if",
    "←": "from",
    "↑": "up",
    "↓": "down",
    "↔": "to and from",
    "⇌": "to and from",
    "⋅": "times",
    "‰": "per mille",
    "№": "number",
    "℃": "degrees Celsius",
    "℉": "degrees Fahrenheit",
    "^": "to the power of",
    "†": "",
    "‡": "",
}
GREEK_SIGN = re.compile(r"(?<![Ͱ-Ͽ])[Α-ΡΣ-Ωα-ω]{1,2}(?![Ͱ-Ͽ])")
"""One or two Greek letters are a sign; more of them are a word of another language."""

# Ligatures, full-width and mathematical letters, letters in circles, Roman numerals in one sign.
COMPATIBLE = re.compile(
    "[ªº\u2160-\u217f\u2460-\u24ff\ufb00-\ufb06\uff01-\uff5e\U0001d400-\U0001d7ff]"
)
VARIANTS = str.maketrans("‐‑‒−µ[]{}«»„‚′″", "----μ    “”“‘'\"")
DEGREES = re.compile(r"°\s?([CF])\b")
POWER = re.compile(r"([⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ⁿ]+)")
INDEX = re.compile(r"([₀₁₂₃₄₅₆₇₈₉]+)")
# Element symbols as they come in formulas that lessons read out.
FORMULA = re.compile(
    r"\b(?=[A-Z][A-Za-z]*[\d₀-₉])(?:(?:Na|Cl|Ca|Fe|Mg|Al|Si|Cu|Zn|[CHONSPFK])[\d₀-₉]*){2,}(?!\w)"
    r"|\b[HON][₂₃](?!\w)"
)
ABOUT = re.compile(r"[~≈]\s?(?=[\d$€£])")
SAME = re.compile(r"(?<=\b\w) ?≈ ?(?=\S)|(?<=[\d)]) ?≈ ?(?=\S)")
TIMES = re.compile(r"(?<=[\w)])\s?[*·∙]\s?(?=[\d(]|[a-z]\b)")
MINUS = re.compile(r"(?<=[\w)])\s?−\s?(?=[\w(])")
BETWEEN_TERMS = re.compile(r"(?<=[\w)²³]) - (?=[\w(])")
FRACTION = re.compile(r"(?<=\b[A-Za-z])/(?=[A-Za-z]\b)")
FUNCTION = re.compile(r"\b([fgh])\(([a-z])\)")
MICRO = re.compile(r"(?<=\d)μ(?=(?:m|g|s|l|L|A|V|F)\b)|(?<=\d )μ(?=(?:m|g|s|l|L|A|V|F)\b)")
DIVIDED = re.compile(r"(?<=[\d)])\s?÷\s?(?=[\d(])|(?<=\d) / (?=\d)")
SHARP = re.compile(r"\b([CF])#(?!\w)")
"""Known before hibari takes the sign for a hashtag."""


def usual_characters(text: str) -> str:
    """One character for each thing that has several: dashes, brackets, figures, the micro sign."""
    text = COMPATIBLE.sub(lambda m: unicodedata.normalize("NFKC", m[0]), text)
    text = MINUS.sub(" minus ", "".join(map(_figure, text)))
    if "=" in text:
        text = BETWEEN_TERMS.sub(" minus ", text)
    return MICRO.sub("µ", text.translate(VARIANTS))


def name_signs(text: str) -> str:
    """The text with its signs in words."""
    text = FUNCTION.sub(r"\1 of \2", text)
    if "=" in text:
        text = FRACTION.sub(" over ", text)
    text = SAME.sub(" is about ", text)
    text = FORMULA.sub(lambda m: _spelled(m[0]), text)
    text = GREEK_SIGN.sub(_greek, text)
    text = ABOUT.sub("about ", text)
    text = TIMES.sub(" times ", text)
    text = DIVIDED.sub(" divided by ", text)
    text = SHARP.sub(r"\1 sharp", text)
    text = DEGREES.sub(_degrees, text)
    text = POWER.sub(_power, text)
    text = INDEX.sub(lambda m: f" {unicodedata.normalize('NFKC', m[0])} ", text)
    return "".join(f" {NAMES[c]} " if c in NAMES else c for c in text)


def _figure(character: str) -> str:
    """An ASCII figure for one of another script."""
    return str(unicodedata.decimal(character)) if character.isdecimal() else character


def _greek(match: re.Match[str]) -> str:
    """By the names Unicode gives them, "GREEK SMALL LETTER ALPHA WITH TONOS"; it writes "lamda"."""
    names = [unicodedata.name(letter).replace("FINAL ", "").split()[3] for letter in match[0]]
    return f" {' '.join(names).lower().replace('lamda', 'lambda')} "


def _spelled(formula: str) -> str:
    """ "Fe₂O₃" as "F E 2 O 3"."""
    plain = unicodedata.normalize("NFKC", formula)
    return " ".join(part.upper() for part in re.findall(r"[A-Za-z]|\d+", plain))


def _degrees(match: re.Match[str]) -> str:
    """Left to hibari after a number; it does not know them without."""
    if re.search(r"\d\s?$", match.string[: match.start()]):
        return match[0]
    return {"C": "degrees Celsius", "F": "degrees Fahrenheit"}[match[1]]


def _power(match: re.Match[str]) -> str:
    if match[0] in ("²", "³"):
        return match[0]
    exponent = unicodedata.normalize("NFKC", match[0]).replace("−", "minus ").replace("+", "plus ")
    return f" to the power of {exponent} "
