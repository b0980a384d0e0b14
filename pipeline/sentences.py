"""Sentences of a text, and how long it takes to say them."""

import re
import unicodedata
from collections.abc import Iterator, Sequence

# what has been read is never read otherwise (“++”): ten thousand digits would take minutes
PAUSE = re.compile(
    r"\[\s*+pause(?:[\s:=]++(\d++(?:[.,]\d++)?|[.,]\d++)\s*+(ms|s)?[a-z]*+)?\s*+\]", re.IGNORECASE
)
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
SENTENCE_END = re.compile(r"[.!?…。！？][\"”’'»)\]」』）]*$")
UNSPACED_BREAK = re.compile(r"(?<=[。！？])(?=[^\s。！？\"”’»)\]」』）])")
"""Where a sentence ends in text that has no blanks."""
OPENING = "(\"“‘'«[¿¡"
INITIALS = re.compile(r"^[(\"“‘']*(?:[A-Za-z]\.)+$")
ENUMERATOR = re.compile(r"^\(?\d{1,3}[.)]$")
# A point after these does not end a sentence, whatever comes next …
BEFORE_NAMES = re.compile(
    "mr|mrs|ms|dr|prof|st|mt|ft|gen|gov|sen|rep|capt|lt|col|sgt|cmdr|rev|hon|pres|cpl|maj|adm|"
    r"fr|e\.g|i\.e|cf|vs|viz|resp",
    re.IGNORECASE,
)
# … nor after these, before a number.
BEFORE_NUMBERS = re.compile(
    "no|nos|fig|figs|vol|vols|ch|chap|sec|eq|eqs|p|pp|art|ed|approx|ca|c|jan|feb|mar|apr|jun|"
    "jul|aug|sep|sept|oct|nov|dec",
    re.IGNORECASE,
)
# After initials ("U.S.", "p.m.") a capital may be a name; these words are rather a new sentence.
OPENERS = re.compile(
    "a|an|the|this|that|these|those|it|its|he|she|they|we|you|i|in|on|at|for|from|by|with|as|"
    "when|while|if|but|and|so|then|there|here|what|why|how|who|where|our|his|her|their|my|"
    "your|after|before|because|however|now|next|first|finally",
    re.IGNORECASE,
)


def sentences(text: str) -> tuple[str, ...]:
    """The sentences in order, with their punctuation; white space between words is one blank."""
    words = UNSPACED_BREAK.sub(" ", text).split()
    return tuple(" ".join(sentence) for sentence in in_sentences(words))


def in_sentences(words: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """Words with their punctuation, a tuple a sentence."""
    start = 0
    for at, word in enumerate(words):
        following = words[at + 1] if at + 1 < len(words) else ""
        if _ends(word, following, first=at == start):
            yield tuple(words[start : at + 1])
            start = at + 1
    if start < len(words):
        yield tuple(words[start:])


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


def _ends(word: str, following: str, *, first: bool) -> bool:
    opening = following.lstrip(OPENING)
    if not SENTENCE_END.search(word) or opening[:1].islower():
        return False
    if not word.endswith("."):
        return True
    bare = word.strip("(\"“‘'").removesuffix(".")
    if BEFORE_NAMES.fullmatch(bare) or (first and ENUMERATOR.match(word)):
        return False
    if BEFORE_NUMBERS.fullmatch(bare):
        return not opening[:1].isdigit()
    if INITIALS.match(word):
        return not opening or OPENERS.fullmatch(opening.strip(",.")) is not None
    return True


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
