"""Sentences of a text, and how long it takes to say them."""

import re
import unicodedata

PAUSE = re.compile(r"\[\s*pause(?:[\s:=]+(\d*[.,]?\d+)\s*(ms|s)?[a-z]*)?\s*\]", re.IGNORECASE)
PAUSE_SECONDS = 0.5
"""How long ``[pause]`` is when it does not say."""

USUAL_SPEAKING_RATE = 15.0
# Fitted to 51 passages, most of them legal prose, read by the built-in voice at its usual rate
# (about 150 words a minute); off by 7 % of a passage on average.
LETTER_SECONDS = 0.065
SYLLABLE_SIGN_SECONDS = 0.2
DIGIT_SECONDS = 0.41
MARK_SECONDS = 0.01
CLAUSE_SECONDS = 0.06
SENTENCE_SECONDS = 0.35

CLAUSE_END = re.compile(r"[,;:—–](?=\s)")
SENTENCE_END = re.compile(r"[.!?…。！？]+[\"”’')\]]*(?=\s|$)|[。！？]")
OPENING = "(\"“‘'«[¿¡"
# A point after these does not end a sentence.
ABBREVIATION = re.compile(
    r"(?:^|[\s(\"“])(?:mr|mrs|ms|dr|prof|st|mt|vs|e\.g|i\.e|cf|fig|approx|ca|[A-Z])$",
    re.IGNORECASE,
)
ENUMERATOR = re.compile(r"\(?\d{1,2}")
NEIGHBOURHOOD = 20
"""Characters to look at on either side of a point."""


def sentences(text: str) -> tuple[str, ...]:
    """The sentences in order, with their punctuation; white space between words is one blank."""
    text = " ".join(text.split())
    cuts = [end.end() for end in SENTENCE_END.finditer(text) if _ends_here(text, end)]
    starts = [0, *cuts]
    stops = [*cuts, len(text)]
    found = (text[start:stop].strip() for start, stop in zip(starts, stops, strict=True))
    return tuple(sentence for sentence in found if sentence)


def estimate_seconds(narration: str, speaking_rate: float = USUAL_SPEAKING_RATE) -> float:
    """Seconds of speech, pauses included. ``speaking_rate`` is in phonemes a second."""
    words = PAUSE.sub(" ", narration)
    spoken = voiced_seconds(words) + CLAUSE_SECONDS * len(CLAUSE_END.findall(words))
    if spoken:
        spoken += SENTENCE_SECONDS * len(sentences(words))
    pauses = sum(_pause_seconds(pause) for pause in PAUSE.finditer(narration))
    return spoken * USUAL_SPEAKING_RATE / speaking_rate + pauses


def voiced_seconds(words: str) -> float:
    """Seconds in which something sounds, at the usual rate: no rests, no pauses."""
    return sum(map(_seconds_of, words))


def speakable(text: str) -> bool:
    """Whether anything in it, pauses aside, has a sound."""
    return any(character.isalnum() for character in PAUSE.sub("", text))


def _ends_here(text: str, end: re.Match[str]) -> bool:
    following = text[end.end() : end.end() + NEIGHBOURHOOD].lstrip().lstrip(OPENING)
    if following[:1].islower():
        return False
    if not following or not end.group().startswith("."):
        return True
    before = text[max(0, end.start() - NEIGHBOURHOOD) : end.start()]
    return not ABBREVIATION.search(before) and not ENUMERATOR.fullmatch(before)


def _seconds_of(character: str) -> float:
    if character.isdigit():
        return DIGIT_SECONDS
    if not character.isalpha():
        return 0.0 if character.isspace() else MARK_SECONDS
    wide = unicodedata.east_asian_width(character) in "WF"
    return SYLLABLE_SIGN_SECONDS if wide else LETTER_SECONDS


def _pause_seconds(pause: re.Match[str]) -> float:
    length, unit = pause.groups()
    if length is None:
        return PAUSE_SECONDS
    return float(length.replace(",", ".")) / (1000 if (unit or "").lower() == "ms" else 1)
