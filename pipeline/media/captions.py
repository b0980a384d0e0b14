"""Captions from the times of the words: what to show together, in which lines, and how long.

Cues are chosen for a whole scene at once, as TeX chooses line breaks: of all ways to cut its words
into cues that fit, the one whose cuts cost least. Limits are the usual ones of captioning (BBC and
Netflix guides): two lines of 42 characters, 1 to 7 seconds, about 20 characters a second.
"""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from pipeline.lesson import Cue, FinishedScene, Word
from pipeline.media.lines import LINE_CHARACTERS, columns, fits, in_lines, split_long_word
from pipeline.media.shown_words import Token, shown_words

LEAST_SECONDS, MOST_SECONDS = 1.0, 7.0
CHARACTERS_PER_SECOND = 20.0
CLOSED_GAP_SECONDS = 0.5
"""A shorter gap between two cues would flicker: the earlier one stays until the next comes."""
LINGER_SECONDS = 0.2
BREAKING_PAUSE_SECONDS = 1.5
"""A cue does not reach over a longer pause: it would show what is not yet said."""

COST_OF_A_CUE = 1.0
COST_OF_A_CUT = {"sentence": 0.0, "clause": 0.6, "word": 2.0}
COST_OF_A_SENTENCE_INSIDE = 1.5
COST_OF_A_SECOND_TOO_SHORT = 8.0
COST_OF_READING_TOO_FAST = 2.0
COST_OF_AN_UNEVEN_CUE = 1.0


def lesson_cues(scenes: Sequence[FinishedScene]) -> list[Cue]:
    """The captions of a whole lesson, timed from its start."""
    cues: list[Cue] = []
    start = 0.0
    for scene in scenes:
        for cue in scene_cues(scene.words, scene.sentences, scene.seconds):
            begin, end = start + cue.start_seconds, start + cue.end_seconds
            cues.append(Cue(cue.text, begin, end))
        start += scene.seconds
    return cues


def scene_cues(
    words: Sequence[Word], sentences: Sequence[tuple[int, int]], seconds: float
) -> list[Cue]:
    """The captions of one scene of that length, timed from the scene's start; none overlap."""
    tokens = [part for word in shown_words(words, sentences) for part in _in_parts(word)]
    groups = [tokens[a:b] for a, b in pairwise(_cuts(tokens, seconds))]
    starts = [group[0].start_seconds for group in groups] + [seconds]
    return [
        Cue(in_lines(_text(group)), group[0].start_seconds, _end(group, upto))
        for group, upto in zip(groups, starts[1:], strict=True)
    ]


def _in_parts(token: Token) -> list[Token]:
    """One token, or several when the word is longer than a line; its time shared by length."""
    parts = split_long_word(token.text)
    total = sum(map(len, parts))
    span = token.end_seconds - token.start_seconds
    tokens, done = [], 0
    for part in parts:
        start, done = token.start_seconds + span * done / total, done + len(part)
        tokens.append(Token(part, start, token.start_seconds + span * done / total))
    return [*tokens[:-1], replace(tokens[-1], end_of=token.end_of)]


def _cuts(tokens: Sequence[Token], seconds: float) -> list[int]:
    """Where to cut, from 0 to the number of tokens: the way there that costs least."""
    best: list[tuple[float, int]] = [(0.0, 0)]
    for end in range(1, len(tokens) + 1):
        ways = []
        upto = tokens[end].start_seconds if end < len(tokens) else seconds
        for start in range(end - 1, -1, -1):
            group = tokens[start:end]
            if end - start > 1 and not _may_stand_together(group):
                break
            ways.append((best[start][0] + _cost(group, upto), start))
        best.append(min(ways))
    cuts = [len(tokens)] if tokens else []
    while cuts and cuts[-1] > 0:
        cuts.append(best[cuts[-1]][1])
    return cuts[::-1]


def _may_stand_together(group: Sequence[Token]) -> bool:
    return (
        group[-1].end_seconds - group[0].start_seconds <= MOST_SECONDS
        and group[1].start_seconds - group[0].end_seconds <= BREAKING_PAUSE_SECONDS
        and fits(_text(group))
    )


def _cost(group: Sequence[Token], upto: float) -> float:
    text = _text(group)
    can_stay = max(upto - group[0].start_seconds, 0.01)
    too_fast = max(0.0, columns(text) / can_stay - CHARACTERS_PER_SECOND) / CHARACTERS_PER_SECOND
    inside = sum(token.end_of == "sentence" for token in group[:-1])
    return (
        COST_OF_A_CUE
        + COST_OF_A_CUT[group[-1].end_of]
        + COST_OF_A_SENTENCE_INSIDE * inside
        + COST_OF_A_SECOND_TOO_SHORT * max(0.0, LEAST_SECONDS - can_stay)
        + COST_OF_READING_TOO_FAST * too_fast
        + COST_OF_AN_UNEVEN_CUE * (1 - columns(text) / (2 * LINE_CHARACTERS)) ** 2
    )


def _end(group: Sequence[Token], upto: float) -> float:
    """When the cue goes: after its last word and long enough to be read, before the next cue."""
    start, spoken = group[0].start_seconds, group[-1].end_seconds
    readable = start + max(LEAST_SECONDS, columns(_text(group)) / CHARACTERS_PER_SECOND)
    end = max(spoken + LINGER_SECONDS, min(readable, start + MOST_SECONDS))
    return upto if upto - end < CLOSED_GAP_SECONDS else end


def _text(group: Sequence[Token]) -> str:
    return " ".join(token.text for token in group)
