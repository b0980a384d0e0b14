"""Where a text takes a breath: at the ends of sentences, and inside those that are too long."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

AFTER_SENTENCE_SECONDS = 0.35
AFTER_CLAUSE_SECONDS = 0.15
LONGEST = 300
"""Characters spoken at once, about 20 s of speech; a digit counts as five."""

END = re.compile(r"[.!?…。！？][\"”’'»)\]」』）]*$")
CLAUSE_END = re.compile(r"[,;:—–，、；：][\"”’'»)\]」』）]*$")
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


@dataclass(frozen=True, slots=True)
class Cut:
    """Words that belong together, and the natural rest after them."""

    words: tuple[str, ...]
    pause_seconds: float


def cut_sentences(words: Sequence[str]) -> Iterator[Cut]:
    """Sentences of one line of text; what has no letters or digits joins its neighbour."""
    pieces = [word[at : at + LONGEST] for word in words for at in range(0, len(word), LONGEST)]
    for sentence in _joined(list(_whole_sentences(pieces))):
        yield from _breaths(sentence)


def _whole_sentences(words: Sequence[str]) -> Iterator[tuple[str, ...]]:
    start = 0
    for at, word in enumerate(words):
        following = words[at + 1] if at + 1 < len(words) else ""
        if _ends(word, following, first=at == start):
            yield tuple(words[start : at + 1])
            start = at + 1
    if start < len(words):
        yield tuple(words[start:])


def _ends(word: str, following: str, *, first: bool) -> bool:
    opening = following.lstrip("(\"“‘'«[¿¡")
    if not END.search(word) or opening[:1].islower():
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


def _joined(sentences: list[tuple[str, ...]]) -> Iterator[tuple[str, ...]]:
    waiting: tuple[str, ...] = ()
    for sentence in sentences:
        mute = not any(character.isalnum() for character in "".join(sentence))
        if waiting and not mute and any(c.isalnum() for c in "".join(waiting)):
            yield waiting
            waiting = ()
        waiting += sentence
    if waiting:
        yield waiting


def _breaths(words: tuple[str, ...]) -> Iterator[Cut]:
    """A sentence whole, or in pieces of at most LONGEST, cut at its clauses where it has any."""
    while sum(map(_weight, words)) > LONGEST and len(words) > 1:
        fitting = _fitting(words)
        clauses = [at for at in range(fitting // 3, fitting) if CLAUSE_END.search(words[at])]
        cut = clauses[-1] + 1 if clauses else fitting
        yield Cut(words[:cut], AFTER_CLAUSE_SECONDS if clauses else 0.0)
        words = words[cut:]
    yield Cut(words, AFTER_SENTENCE_SECONDS)


def _fitting(words: Sequence[str]) -> int:
    """How many of the words come to at most LONGEST; one at least, and never all of them."""
    total = 0
    for count, word in enumerate(words[:-1]):
        total += _weight(word)
        if total > LONGEST:
            return max(1, count)
    return len(words) - 1


def _weight(word: str) -> int:
    return len(word) + 1 + 4 * sum(character.isdigit() for character in word)
