"""What becomes of a spoken passage: it is trimmed and timed; then levelled, a piece a sentence."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from deployments.zyphra.spoken import Spoken
from deployments.zyphra.zonos_speech.joining import (
    LEAD_SECONDS,
    TAIL_SECONDS,
    Levels,
    by_sentence,
    silence,
    trimmed,
)
from deployments.zyphra.zonos_speech.passages import Passage
from deployments.zyphra.zonos_speech.performance import Before, Performed, ending
from deployments.zyphra.zonos_speech.reader import Reader
from pipeline.lesson import SAMPLE_RATE, Phoneme, Samples, Speech, Word


class Timed(Protocol):
    """When words and phonemes sound, relative to the sound they are in."""

    @property
    def words(self) -> tuple[Word, ...]: ...
    @property
    def phonemes(self) -> tuple[Phoneme, ...]: ...


Align = Callable[[Samples, Sequence[str], str, Sequence[str]], Timed]
"""Finds words in a sound, all of them, in order: the words as written, their language by its name
in espeak-ng, and how each of them is said."""


@dataclass(frozen=True, slots=True, eq=False)
class Finished:
    """A passage's sound, trimmed, as loud as it was spoken; when its words are said in it; and what
    to go on from."""

    samples: Samples
    timed: Timed
    ending: Before


def finish(
    passage: Passage, spoken: Sequence[Spoken], performed: Performed, reader: Reader, align: Align
) -> Finished:
    """``spoken`` is what the passage was read as."""
    cut, skipped = trimmed(performed.samples)
    said = reader.readings(spoken, len(passage.words))
    timed = align(cut, passage.words, reader.language, said)
    return Finished(cut, timed, ending(performed, spoken, timed.words, skipped / SAMPLE_RATE))


def give_out(passage: Passage, finished: Finished, levels: Levels) -> tuple[Speech, ...]:
    """A piece a sentence, the last one with the rest that follows. To be called in the order of the
    narration: the first passage gives the others their loudness."""
    samples = _with_rest(levels.level(finished.samples), passage.pause_seconds)
    counts = [len(sentence.words) for sentence in passage.sentences]
    return tuple(by_sentence(samples, finished.timed.words, finished.timed.phonemes, counts))


def said_of(passage: Passage, reader: Reader) -> tuple[Spoken, ...]:
    """What a passage is read as; sources count through all of its words."""
    said: list[Spoken] = []
    first = 0
    for sentence in passage.sentences:
        said += [Spoken(s.text, s.source + first) for s in reader.say(sentence.words)]
        first += len(sentence.words)
    return tuple(said)


def _with_rest(samples: Samples, pause_seconds: float) -> Samples:
    """Followed by the rest, of which what trimming left is a part."""
    rest = max(0.0, pause_seconds - LEAD_SECONDS - TAIL_SECONDS)
    return np.concatenate([samples, silence(rest)])
