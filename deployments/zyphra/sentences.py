"""Where a text takes a breath: at the ends of sentences, and inside those that are too long."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.sentences import in_sentences

AFTER_SENTENCE_SECONDS = 0.35
AFTER_CLAUSE_SECONDS = 0.15
LONGEST = 300
"""Characters spoken at once, about 20 s of speech; a digit counts as five."""

CLAUSE_END = re.compile(r"[,;:—–，、；：][\"”’'»)\]」』）]*$")
UNSPACED_BREAK = re.compile(r"(?<=[。！？、，；：])(?=[^\s。！？、，；：」』”’）])")
"""Where text of a language without blanks has one all the same, as far as we look: after marks."""


@dataclass(frozen=True, slots=True)
class Cut:
    """Words that belong together, and the natural rest after them."""

    words: tuple[str, ...]
    pause_seconds: float


def cut_sentences(words: Sequence[str]) -> Iterator[Cut]:
    """Sentences of one line of text; what has no letters or digits joins its neighbour."""
    pieces = [word[at : at + LONGEST] for word in words for at in range(0, len(word), LONGEST)]
    for sentence in _joined(list(in_sentences(pieces))):
        yield from _breaths(sentence)


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
