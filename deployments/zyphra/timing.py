"""When phonemes and words sound, from the lengths a voice gave them and the silences in its wave.

The alphabet is that of misaki (https://github.com/hexgrad/misaki, EN_PHONES): IPA, but one
character a phoneme. ``A`` eɪ, ``I`` aɪ, ``W`` aʊ, ``Y`` ɔɪ, ``O`` oʊ, ``Q`` əʊ, ``ʧ`` tʃ, ``ʤ`` dʒ,
``ᵊ`` a small ə, ``ᵻ`` between ɪ and ə, ``T`` a flapped t (ɾ); the others are
``bdfhjklmnpstvwzðŋɡɹʃʒθ`` and ``iuæɑɐɒɔəɚɛɜɪʊʌao``. Silence has no phoneme: a gap between two.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from deployments.zyphra.hibari_model import SAMPLE_RATE, Symbol, Utterance, Wave
from pipeline.lesson import Word

EARLY_SECONDS = 0.035
"""The network's sound runs ahead of its own durations by this, whatever its speed (measured)."""
SILENT_DECIBELS = -52.0
HOP = 120
"""Samples over which the level is taken: 5 ms."""
SHORTEST_SILENCE_SECONDS = 0.1
"""At normal speed; less is the closure of a consonant."""
FARTHEST_SECONDS = 0.15
"""A word starts this near to the end of a silence, or the silence is not before that word."""

WITH_NEXT = frozenset(" ˈˌ(“")
WITH_LAST = frozenset('ː̃ʰʲ;:,.!?—…")”')


@dataclass(frozen=True, slots=True)
class Sounding:
    """A phoneme with the word it belongs to."""

    character: str
    word: int
    start: float
    end: float


def sounding(symbols: Sequence[Symbol], utterance: Utterance, speed: float) -> tuple[Sounding, ...]:
    """The phonemes of an utterance, where its wave has them."""
    phonemes = list(_phonemes(symbols, utterance.spans))
    seconds = len(utterance.wave) / SAMPLE_RATE
    for start, end in silences(utterance.wave, SHORTEST_SILENCE_SECONDS / speed):
        cut = 0 if start == 0 else len(phonemes) if end >= seconds - HOP / SAMPLE_RATE else None
        if cut is None:
            cut = _word_after(phonemes, end, FARTHEST_SECONDS / speed)
        if cut is not None:
            phonemes = _parted(phonemes, cut, start, end)
    return tuple(phonemes)


def words(texts: Sequence[str], phonemes: Sequence[Sounding]) -> tuple[Word, ...]:
    """Every written word from its first phoneme to its last; one without sound has no length."""
    spans: dict[int, tuple[float, float]] = {}
    for p in phonemes:
        start, _ = spans.get(p.word, (p.start, p.end))
        spans[p.word] = (start, p.end)
    at = phonemes[0].start if phonemes else 0.0
    timed: list[Word] = []
    for number, text in enumerate(texts):
        start, end = spans.get(number, (at, at))
        timed.append(Word(text, start, end))
        at = end
    return tuple(timed)


def silences(wave: Wave, shortest_seconds: float) -> Iterator[tuple[float, float]]:
    """Where the wave is silent, in seconds; its beginning and end count however short."""
    count = len(wave) // HOP
    power = np.square(wave[: count * HOP].reshape(count, HOP)).mean(axis=1)
    silent = power < 10 ** (SILENT_DECIBELS / 10)
    edges = np.flatnonzero(np.diff(silent, prepend=~silent[:1], append=~silent[-1:]))
    for start, end in pairwise(edges):
        long = (end - start) * HOP / SAMPLE_RATE >= shortest_seconds
        if silent[start] and (long or start == 0 or end == count):
            yield start * HOP / SAMPLE_RATE, end * HOP / SAMPLE_RATE


def _phonemes(
    symbols: Sequence[Symbol], spans: Sequence[tuple[float, float]]
) -> Iterator[Sounding]:
    """Each phoneme with the time of the marks that go with it."""
    waiting: float | None = None
    last: Sounding | None = None
    for symbol, (start, end) in zip(symbols, spans, strict=True):
        if symbol.character in WITH_NEXT:
            waiting = start if waiting is None else waiting
        elif symbol.character in WITH_LAST:
            last, waiting = last and replace(last, end=end - EARLY_SECONDS), None
        else:
            if last:
                yield last
            start = start if waiting is None else waiting
            last = Sounding(
                symbol.character, symbol.word, start - EARLY_SECONDS, end - EARLY_SECONDS
            )
            waiting = None
    if last:
        yield last


def _word_after(phonemes: Sequence[Sounding], end: float, farthest: float) -> int | None:
    """The first phoneme of the word that starts where a silence ends."""
    starts = [
        (abs(phoneme.start - end), at)
        for at, (last, phoneme) in enumerate(pairwise(phonemes), 1)
        if last.word != phoneme.word and abs(phoneme.start - end) <= farthest
    ]
    return min(starts)[1] if starts else None


def _parted(phonemes: Sequence[Sounding], cut: int, start: float, end: float) -> list[Sounding]:
    """The phonemes before and after a silence moved out of it, up to its edges."""
    before = [replace(p, start=min(p.start, start), end=min(p.end, start)) for p in phonemes[:cut]]
    after = [replace(p, start=max(p.start, end), end=max(p.end, end)) for p in phonemes[cut:]]
    before[-1:] = [replace(p, end=start) for p in before[-1:]]
    after[:1] = [replace(p, start=end) for p in after[:1]]
    return before + after
