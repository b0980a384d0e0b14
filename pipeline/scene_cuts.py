"""Where a long text falls apart into scenes."""

from collections.abc import Iterator, Sequence
from itertools import accumulate, pairwise, takewhile

from pipeline.sentences import estimate_seconds, voiced_seconds

SHORTEST_SECONDS = 10.0
IDEAL_SECONDS = 25.0
LONGEST_SECONDS = 40.0
ROOMY_SECONDS = 30.0
"""Voiced seconds that leave room for the rests between clauses."""
CLAUSE_ENDS = (",", ";", ":", "–", "—", "，", "、", "；")

Paragraph = tuple[str, ...]
"""Sentences that belong together."""


def cut_scenes(paragraphs: Sequence[Paragraph]) -> list[tuple[Paragraph, ...]]:
    """The paragraphs in groups of 10 to 40 seconds, near 25, cut inside one only if need be.

    The cheapest of all ways to cut, found from the front: the least cost up to a sentence is that
    of the scene it ends and the least cost of what is before that scene.
    """
    line = [sentence for paragraph in paragraphs for sentence in paragraph]
    opens = set(accumulate(map(len, paragraphs), initial=0))
    seconds = [estimate_seconds(sentence) for sentence in line]
    best = [(0.0, 0)]
    for stop in range(1, len(line) + 1):
        best.append(min(_offers(best, seconds, opens, stop)))
    stops = [len(line)]
    while stops[-1]:
        stops.append(best[stops[-1]][1])
    return [_regrouped(line, opens, start, stop) for start, stop in pairwise(reversed(stops))]


def in_breaths(sentence: str) -> list[str]:
    """The sentence; or pieces of it, if it alone is longer than a scene may be."""
    if estimate_seconds(sentence) <= LONGEST_SECONDS:
        return [sentence]
    words = list(_short_words(sentence))
    pieces = []
    while words:
        cut = _last_clause(words, _fitting(words))
        pieces.append(" ".join(words[:cut]))
        words = words[cut:]
    return pieces


def _offers(
    best: Sequence[tuple[float, int]], seconds: Sequence[float], opens: set[int], stop: int
) -> Iterator[tuple[float, int]]:
    """Cost and first sentence of each scene that may end before sentence ``stop``."""
    total = 0.0
    for start in range(stop - 1, -1, -1):
        total += seconds[start]
        if total > LONGEST_SECONDS and start < stop - 1:
            return
        cost = 1 + ((total - IDEAL_SECONDS) / (LONGEST_SECONDS - IDEAL_SECONDS)) ** 2
        cost += 4 * (total < SHORTEST_SECONDS) + (start not in opens)
        yield best[start][0] + cost, start


def _regrouped(
    line: Sequence[str], opens: set[int], start: int, stop: int
) -> tuple[Paragraph, ...]:
    bounds = [start, *(at for at in range(start + 1, stop) if at in opens), stop]
    return tuple(tuple(line[a:b]) for a, b in pairwise(bounds))


def _fitting(words: Sequence[str]) -> int:
    """How many of the words, one at least, can be spoken in one scene."""
    lengths = accumulate(voiced_seconds(word) for word in words)
    return max(1, sum(1 for _ in takewhile(lambda length: length <= ROOMY_SECONDS, lengths)))


def _last_clause(words: Sequence[str], fitting: int) -> int:
    """Up to the last clause end in the second half of what fits; all that fits, if none is."""
    if fitting == len(words):
        return fitting
    ends = (at for at in range(fitting, fitting // 2, -1) if words[at - 1].endswith(CLAUSE_ENDS))
    return next(ends, fitting)


def _short_words(sentence: str) -> Iterator[str]:
    """Words; what is longer than a scene without a blank (or is written without any) is cut."""
    for word in sentence.split():
        pieces = int(voiced_seconds(word) // ROOMY_SECONDS) + 1
        length = -(-len(word) // pieces)
        yield from (word[start : start + length] for start in range(0, len(word), length))
