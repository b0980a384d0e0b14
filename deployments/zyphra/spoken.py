"""From words as they are written to words as they are said, each knowing which one it came from."""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import accumulate

LONGEST_WORD = 60
"""Letters; what is longer is no word, and is read in pieces."""

Rewrite = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Spoken:
    """A word as it is said; ``source`` is the place of the written word that it reads."""

    text: str
    source: int


def say(words: Sequence[str], rewrites: Sequence[Rewrite]) -> tuple[Spoken, ...]:
    """The words after all rewrites of their text, the first one first.

    A rewrite sees the whole sentence, so that it can read "5 km" or "March 3"; whose reading a new
    word is, is found by comparing the sentence before with the one after.
    """
    spoken = [Spoken(part, at) for at, word in enumerate(words) for part in _pieces(word)]
    for rewrite in rewrites:
        before = " ".join(word.text for word in spoken)
        after = rewrite(before)
        if after != before:
            spoken = _carried(spoken, after.split(), rewrite)
    return tuple(spoken)


def pronounce(pronunciations: Sequence[tuple[str, str]]) -> Rewrite:
    """Puts the spellings in place of the words: whole words, any case, the longest first."""
    spellings = {" ".join(word.casefold().split()): text for word, text in pronunciations}
    longest_first = sorted(filter(None, spellings), key=len, reverse=True)
    if not longest_first:
        return str
    pattern = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first))})(?!\w)", re.I)
    return lambda text: pattern.sub(lambda m: spellings[m[0].casefold()], text)


def _pieces(word: str) -> list[str]:
    return [word[at : at + LONGEST_WORD] for at in range(0, len(word), LONGEST_WORD)]


def _carried(before: Sequence[Spoken], after: Sequence[str], rewrite: Rewrite) -> list[Spoken]:
    """The new words with their sources: the same where a word stayed, in order where it did not."""
    matcher = SequenceMatcher(
        None, [_core(word.text) for word in before], [_core(word) for word in after], autojunk=False
    )
    carried: list[Spoken] = []
    for change, start, end, new_start, new_end in matcher.get_opcodes():
        if change == "equal":
            sources: Iterable[int] = [word.source for word in before[start:end]]
        else:
            old = before[start:end] or [_grown(before, start, rewrite)]
            sources = _shared(old, new_end - new_start, rewrite)
        carried += map(Spoken, after[new_start:new_end], sources)
    return carried


def _grown(before: Sequence[Spoken], at: int, rewrite: Rewrite) -> Spoken:
    """Of the words round a place, the one that new words there have come from."""
    after = before[min(at, len(before) - 1)]
    return after if at == 0 or len(rewrite(after.text).split()) > 1 else before[at - 1]


def _shared(old: Sequence[Spoken], count: int, rewrite: Rewrite) -> Iterator[int]:
    """The sources of ``count`` words that came in place of old ones, in order.

    An old word gets as many as it becomes alone; where the words only make sense together ("+1
    555 123"), by its length.
    """
    shares = [len(rewrite(word.text).split()) for word in old]
    if sum(shares) != count:
        shares = [max(1, len(_core(word.text))) for word in old]
    ends = list(accumulate(shares))
    for at in range(count):
        yield old[bisect_right(ends, at * ends[-1] / count)].source


def _core(word: str) -> str:
    """What has to be equal for a word to be the same: its letters and digits, if it has any."""
    return "".join(filter(str.isalnum, word)).casefold() or word
