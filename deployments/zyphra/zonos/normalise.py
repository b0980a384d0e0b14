"""Numbers to words (SPEC 5.1), by the English rules the model was trained with, in any language.

Where upstream fails, this reads on: a currency sign before a lone comma, and numbers too long to
have a name, which are read digit by digit.
"""

import re
from functools import cache

import inflect

LONGEST = 33
"""Digits of a number that is still given a name."""

_COMMAS = re.compile(r"[0-9][0-9,]+[0-9]")
_POUNDS = re.compile(r"£([0-9,]*[0-9]+)")
_DOLLARS = re.compile(r"\$([0-9.,]*[0-9]+)")
_DECIMAL = re.compile(r"([0-9]+)\.([0-9]+)")
_ORDINAL = re.compile(r"([0-9]+)(?:st|nd|rd|th)")
_NUMBER = re.compile(r"[0-9]+")


def normalise_numbers(text: str) -> str:
    """The text with its amounts, ordinals and numbers spelled out."""
    text = _COMMAS.sub(lambda found: found[0].replace(",", ""), text)
    text = _POUNDS.sub(r"\1 pounds", text)
    text = _DOLLARS.sub(lambda found: _dollars(found[1]), text)
    text = _DECIMAL.sub(r"\1 point \2", text)
    text = _ORDINAL.sub(lambda found: _ordinal(found[0], found[1]), text)
    return _NUMBER.sub(lambda found: _number(found[0]), text)


def _dollars(amount: str) -> str:
    parts = amount.split(".")
    if len(parts) > 2:
        return f"{amount} dollars"
    # the digits after the point are read as a number: 12.5 is twelve dollars and five cents
    counts = [part.replace(",", "").lstrip("0") for part in parts]
    named = zip(counts, ("dollar", "cent"), strict=False)
    said = [f"{count} {name}{'' if count == '1' else 's'}" for count, name in named if count]
    return ", ".join(said) or "zero dollars"


def _ordinal(ordinal: str, digits: str) -> str:
    return _words(ordinal) if len(digits) <= LONGEST else digits


def _number(digits: str) -> str:
    digits = digits.lstrip("0") or "0"
    if len(digits) > LONGEST:
        return _words(digits, group=1).replace(", ", " ")
    value = int(digits)
    if not 1000 < value < 3000:
        return _words(digits)
    if value == 2000:
        return "two thousand"
    if 2000 < value < 2010:
        return f"two thousand {_words(str(value % 100))}"
    if value % 100 == 0:
        return f"{_words(str(value // 100))} hundred"
    return _words(digits, group=2).replace(", ", " ")


def _words(number: str, group: int = 0) -> str:
    """``group`` reads so many digits at a time, with "oh" for a zero among them."""
    zero = "oh" if group else "zero"
    return str(_inflect().number_to_words(number, andword="", zero=zero, group=group))


@cache
def _inflect() -> inflect.engine:
    return inflect.engine()
