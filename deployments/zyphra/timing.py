"""When phonemes and words sound, from the lengths a voice gave them and the silences in its wave.

The alphabet is that of misaki (https://github.com/hexgrad/misaki, EN_PHONES): IPA, with one
character a phoneme.

- Diphthongs: ``A`` eɪ, ``I`` aɪ, ``W`` aʊ, ``Y`` ɔɪ, ``O`` oʊ.
- Vowels: ``i u æ ɑ ɔ ɛ ɜ ɪ ʊ ʌ a``, and in weak syllables ``ə ɐ``, ``ᵊ`` (a very small ə) and
  ``ᵻ`` (between ɪ and ə).
- Consonants: ``b d f h j k l m n p s t v w z ð ŋ ɡ ɹ ʃ ʒ θ``, ``ʧ`` tʃ, ``ʤ`` dʒ, and ``T``, the
  flapped t of "water" (ɾ).

Silence has no phoneme: it is a gap between two. Where a word starts, its first phoneme does.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from deployments.zyphra.utterance import SAMPLE_RATE, Symbol, Utterance, Wave
from pipeline.lesson import Word

SILENT_DECIBELS = -52.0
HOP = 120
"""Samples over which the level is taken: 5 ms."""
SHORTEST_SILENCE_SECONDS = 0.1
"""At normal speed; less is the closure of a consonant."""
SHORTEST_SECONDS = 0.015
"""No phoneme that is moved out of a silence gets shorter than this, where there is room."""

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
    phonemes: Sequence[Sounding] = list(_phonemes(symbols, utterance))
    seconds = len(utterance.wave) / SAMPLE_RATE
    for start, end in silences(utterance.wave, SHORTEST_SILENCE_SECONDS / speed):
        cut = 0 if start == 0 else len(phonemes) if end >= seconds - HOP / SAMPLE_RATE else None
        if cut is None:
            cut = _word_after(phonemes, start, end)
        if phonemes and cut is not None:
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
    for start, end in pairwise(edges.tolist()):
        long = (end - start) * HOP / SAMPLE_RATE >= shortest_seconds
        if silent[start] and (long or start == 0 or end == count):
            yield start * HOP / SAMPLE_RATE, end * HOP / SAMPLE_RATE


def _phonemes(symbols: Sequence[Symbol], utterance: Utterance) -> Iterator[Sounding]:
    """Each phoneme with the time of the marks that go with it."""
    early = utterance.early_seconds
    waiting: float | None = None
    last: Sounding | None = None
    for symbol, (start, end) in zip(symbols, utterance.spans, strict=True):
        if symbol.character in WITH_NEXT:
            waiting = start if waiting is None else waiting
        elif symbol.character in WITH_LAST:
            last, waiting = last and replace(last, end=end - early), None
        else:
            if last:
                yield last
            start = start if waiting is None else waiting
            last = Sounding(symbol.character, symbol.word, start - early, end - early)
            waiting = None
    if last:
        yield last


def _word_after(phonemes: Sequence[Sounding], start: float, end: float) -> int | None:
    """The first phoneme of the word before which a silence is, by what was to sound meanwhile."""
    overlaps = [
        (min(phoneme.end, end) - max(last.start, start), at)
        for at, (last, phoneme) in enumerate(pairwise(phonemes), 1)
        if last.word != phoneme.word
    ]
    most, at = max(overlaps, default=(0.0, 0))
    return at if most > (end - start) / 2 else None


def _parted(phonemes: Sequence[Sounding], cut: int, start: float, end: float) -> Sequence[Sounding]:
    """The phonemes before and after a silence moved out of it, up to its edges."""
    before, after = phonemes[:cut], phonemes[cut:]
    return [
        *(_until(before, start) if before else ()),
        *(_from(after, end) if after else ()),
    ]


def _until(phonemes: Sequence[Sounding], edge: float) -> Sequence[Sounding]:
    """Ending at the edge: the last phoneme, and what lies behind the edge before it."""
    count = sum(phoneme.end > edge for phoneme in phonemes) or 1
    while count < len(phonemes) and edge - phonemes[-count].start < count * SHORTEST_SECONDS:
        count += 1
    return [*phonemes[:-count], *_fitted(phonemes[-count:], phonemes[-count].start, edge)]


def _from(phonemes: Sequence[Sounding], edge: float) -> Sequence[Sounding]:
    """Starting at the edge, in the same way."""
    count = sum(phoneme.start < edge for phoneme in phonemes) or 1
    while count < len(phonemes) and phonemes[count - 1].end - edge < count * SHORTEST_SECONDS:
        count += 1
    return [*_fitted(phonemes[:count], edge, phonemes[count - 1].end), *phonemes[count:]]


def _fitted(phonemes: Sequence[Sounding], start: float, end: float) -> Iterator[Sounding]:
    """Between start and end, in the proportions they had."""
    first, last = phonemes[0].start, phonemes[-1].end
    scale = (end - start) / (last - first)
    for p in phonemes:
        yield replace(
            p, start=start + (p.start - first) * scale, end=start + (p.end - first) * scale
        )
