"""Units of measure after a number; those that hibari reads well are left to it."""

import re

UNITS = {
    "m": "meter",
    "km": "kilometer",
    "cm": "centimeter",
    "mm": "millimeter",
    "µm": "micrometer",
    "nm": "nanometer",
    "ha": "hectare",
    "l": "liter",
    "L": "liter",
    "ml": "milliliter",
    "mL": "milliliter",
    "dl": "deciliter",
    "g": "gram",
    "kg": "kilogram",
    "mg": "milligram",
    "µg": "microgram",
    "t": "tonne",
    "s": "second",
    "ms": "millisecond",
    "µs": "microsecond",
    "ns": "nanosecond",
    "min": "minute",
    "h": "hour",
    "V": "volt",
    "kV": "kilovolt",
    "mV": "millivolt",
    "W": "watt",
    "kW": "kilowatt",
    "MW": "megawatt",
    "GW": "gigawatt",
    "Wh": "watt hour",
    "kWh": "kilowatt hour",
    "mA": "milliamp",
    "Ω": "ohm",
    "kΩ": "kilohm",
    "J": "joule",
    "kJ": "kilojoule",
    "MJ": "megajoule",
    "N": "newton",
    "kN": "kilonewton",
    "Pa": "pascal",
    "hPa": "hectopascal",
    "kPa": "kilopascal",
    "MPa": "megapascal",
    "bar": "bar",
    "K": "kelvin",
    "mol": "mole",
    "dB": "decibel",
    "cal": "calorie",
    "kcal": "kilocalorie",
    "eV": "electron volt",
    "keV": "kilo electron volt",
    "MeV": "mega electron volt",
    "GeV": "giga electron volt",
    "px": "pixel",
    "bit": "bit",
    "kbit": "kilobit",
    "Mbit": "megabit",
    "Gbit": "gigabit",
    "MB": "megabyte",
    "GB": "gigabyte",
    "TB": "terabyte",
}
FIXED = {
    "ppm": "parts per million",
    "rpm": "revolutions per minute",
    "bpm": "beats per minute",
    "dpi": "dots per inch",
}
ALONE = frozenset(["km", "cm", "mm", "kg", "kWh", "kW", "kJ", "dB", "ml", "mL"])
"""Read as units even without a number."""
SPACED = "stKNJh"
"""Letters that are units only when there is a space before them: not "the 1980s", "4K", "5th"."""
LENGTHS = frozenset(["m", "km", "cm", "mm", "µm", "nm"])
POWERS = {"²": "squared", "³": "cubed"}
SOLIDS = {"²": "square", "³": "cubic"}

_names = "|".join(sorted(map(re.escape, UNITS), key=len, reverse=True))
NUMBER = r"(?<![\w.$€£¥])(?P<number>-?\d+(?:,\d{3})*(?:\.\d+)?)"
MEASURE = re.compile(
    rf"{NUMBER}(?P<gap>[ -]?)(?P<unit>{_names})(?P<power>[²³]?)"
    rf"(?:/(?P<per>{_names})(?P<per_power>[²³]?))?(?![\w/²³'’])"
)
FIXED_MEASURE = re.compile(rf"(?<=\d)\s?({'|'.join(FIXED)})\b")
BARE = re.compile(rf"(?<![\w/.-])({'|'.join(sorted(ALONE))})(?!\w|[/.-]\w)")
PRICE = re.compile(rf"(?<=[\d$€£¥])/({_names})(?![\w/])")
FEET = re.compile(r"(?<![\w.])(\d+)\s?(?:'|ft)\s?(\d+)\s?(?:\"|''|in\b)")


def name_units(text: str) -> str:
    """ "9.8 m/s²" as "9.8 meters per second squared"; "a 5-km run" keeps the singular."""
    text = FEET.sub(r"\1 feet \2 inches", text)
    text = FIXED_MEASURE.sub(lambda m: f" {FIXED[m[1]]}", text)
    text = MEASURE.sub(_measure, text)
    text = PRICE.sub(lambda m: f" per {UNITS[m[1]]}", text)
    return BARE.sub(lambda m: _plural(UNITS[m[1]]), text)


def _measure(match: re.Match[str]) -> str:
    number, gap, unit = match["number"], match["gap"], match["unit"]
    if unit in SPACED and not gap:
        return match[0]
    single = gap == "-" or number in ("1", "-1")
    words = _unit(unit, match["power"], single=single)
    if match["per"]:
        words += " per " + _unit(match["per"], match["per_power"], single=True)
    return f"{number} {words}"


def _unit(unit: str, power: str, *, single: bool) -> str:
    name = UNITS[unit] if single else _plural(UNITS[unit])
    if not power:
        return name
    return f"{SOLIDS[power]} {name}" if unit in LENGTHS else f"{name} {POWERS[power]}"


def _plural(name: str) -> str:
    return name if name == "bar" else name + "s"
