"""Numbers as hibari's own reading does not expect them: amounts, ranges, versions, long ones."""

import re

PARTS = {"½": "a half", "¼": "a quarter", "¾": "three quarters", "⅓": "a third"} | {
    "⅔": "two thirds",
    "⅕": "a fifth",
    "⅛": "an eighth",
}
AMOUNT = r"\d+(?:,\d{3})*(?:\.\d+)?"
MIXED = re.compile(rf"(\d*)\s?([{''.join(PARTS)}])")
MONEY_RANGE = re.compile(rf"([$€£¥])({AMOUNT})\s?[-–]\s?\1?({AMOUNT})")
MONEY_AFTER = re.compile(rf"(?<![\w.,$€£¥])({AMOUNT})\s?([$€£¥])(?!\w)")
RATE = re.compile(
    r"(?<=[\w%])\s?/\s?(?=(?:second|minute|hour|day|night|week|month|year|person|student|user|mile)\b)"
)
RANGE = re.compile(rf"(?<![\w.\-])({AMOUNT})\s?[-–]\s?(?={AMOUNT}\s?%|\d+\.\d)")
DECADES = re.compile(r"(\d{4}s)\s?[-–]\s?(?=\d{4}s)")
CALENDAR = (
    "Monday Tuesday Wednesday Thursday Friday Saturday Sunday January February March April May "
    "June July August September October November December"
)
NAMES = {name[:3]: name for name in CALENDAR.split()}
_names = "|".join(NAMES)
DAYS = re.compile(rf"\b({_names})[a-z]*\.?[-–]({_names})(?:[a-z]+\b|\.(?=\s?\w)|\b)")
HALF_DAY = re.compile(r"(\d)\s?([ap])m\b")
TIMES = re.compile(r"(\d:\d\d|\d\s?[ap]\.?m\.?)\s?[-–]\s?(?=\d)")
PAIRED = re.compile(r"(?<![\w/])(24(?=/7)|(\d+)(?=/\2\b))/(\d+)(?![\w/])")
RATIO = re.compile(r"(?<![\w:.])(\d{1,3}):(\d|\d{3})(?![\w:.]\d|\d)")
FOLD = re.compile(
    r"(?<![\w.])(\d+(?:\.\d+)?)[x×](?= (?:as|the|real|more|less|faster|slower|\w+er)\b)"
)
BY = re.compile(r"(?<=\d)\s?x\s?(?=\d)|(?<=\d)×(?=\d)")
POWER_OF_TEN = re.compile(r"(?<![\w.])(\d+(?:\.\d+)?)[eE]([+-]?)(\d{1,3})(?!\w)")
PHONE = re.compile(r"(?<!\w)\+\d[\d\s()/-]{6,}\d")
GROUPED = re.compile(r"(?<![\d,.])\d{1,3}(?: \d{3}){2,}(?![\d,.]\d)")
VERSION = re.compile(
    r"(?<![\w.,$€£¥-])[vV]?\d+(?:\.\d+){2,}(?!\w)|(?<![\w.,$€£¥-])[vV]\d+(?:\.\d+)?\b"
)
POINT_ZERO = re.compile(r"(?<![\w.,$€£¥])(\d+)\.(\d*0)(?![\w.]\w|\w| (?:million|billion|thousand))")
NO_THOUSANDS = re.compile(r"(?<![\d,.$€£¥])(\d+),(?=(?:\d{1,2}|\d{4,})(?![\d,]))")
LONG = re.compile(r"\d{16,}|(?<![\d.,:-])0\d+(?![\d.,:-]\d|\d)")


def name_figures(text: str) -> str:
    text = PHONE.sub(_phone, text)
    text = GROUPED.sub(lambda m: m[0].replace(" ", ""), text)
    text = MIXED.sub(_mixed, text)
    text = MONEY_RANGE.sub(r"\1\2 to \1\3", text)
    text = MONEY_AFTER.sub(r"\2\1", text)
    text = RATE.sub(" per ", text)
    text = RANGE.sub(r"\1 to ", text)
    text = DECADES.sub(r"\1 to ", text)
    text = DAYS.sub(lambda m: f"{NAMES[m[1]]} to {NAMES[m[2]]}", text)
    text = TIMES.sub(r"\1 to ", text)
    text = HALF_DAY.sub(lambda m: f"{m[1]} {m[2].upper()}.M.", text)
    text = PAIRED.sub(r"\1 \3", text)
    text = RATIO.sub(r"\1 to \2", text)
    text = BY.sub(" times " if "=" in text else " by ", text)
    text = FOLD.sub(r"\1 times", text)
    text = POWER_OF_TEN.sub(_power_of_ten, text)
    text = VERSION.sub(_version, text)
    text = POINT_ZERO.sub(lambda m: f"{m[1]} point {' '.join(m[2])}", text)
    text = NO_THOUSANDS.sub(r"\1, ", text)
    return LONG.sub(lambda m: " ".join(m[0]), text)


def _phone(match: re.Match[str]) -> str:
    """Digit by digit, with a breath between the groups."""
    return "plus " + ", ".join(" ".join(group) for group in re.findall(r"\d+", match[0]))


def _mixed(match: re.Match[str]) -> str:
    """ "2½" as "2 and a half"; alone, "½" is "one half"."""
    part = PARTS[match[2]]
    if match[1]:
        return f"{match[1]} and {part}"
    return re.sub(r"^an? ", "one ", part)


def _power_of_ten(match: re.Match[str]) -> str:
    return f"{match[1]} times 10 to the power of {'minus ' if match[2] == '-' else ''}{match[3]}"


def _version(match: re.Match[str]) -> str:
    number = match[0].lstrip("vV")
    return ("version " if number != match[0] else "") + " point ".join(number.split("."))
