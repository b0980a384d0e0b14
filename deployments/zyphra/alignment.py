"""When words and phonemes sound in speech that came without timings, in any language.

espeak-ng says the same words and knows when each of its phonemes sounds; dynamic time warping finds
those moments in the recording. Both of its voices are tried, a man's and a woman's, and the one
that is nearer to the recording is believed.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from deployments.zyphra.cepstra import SAMPLE_RATE as HEARD_RATE
from deployments.zyphra.cepstra import Flags, Sound, cepstra, heard, pauses
from deployments.zyphra.espeak_voice import SAMPLE_RATE as ESPEAK_RATE
from deployments.zyphra.espeak_voice import Recital, Recited, recite
from deployments.zyphra.ipa import symbols
from deployments.zyphra.warping import Recording, States, warp
from pipeline.lesson import SAMPLE_RATE, Phoneme, Samples, Word

FRAME = 160
"""Samples at ``HEARD_RATE`` a frame: 10 ms, in which times are found."""
LONGEST_SECONDS = 60.0
"""Longer sounds have longer frames in proportion, so that memory has an end (40 MB)."""
FINEST_HOP = 40.0
VARIANTS = ("", "f2")


@dataclass(frozen=True, slots=True)
class Timed:
    """All words as written, and the phonemes as they sound; times rise and lie in the sound."""

    words: tuple[Word, ...]
    phonemes: tuple[Phoneme, ...]


@dataclass(frozen=True, slots=True, eq=False)
class _Model:
    """A recital as states to be heard; ``phonemes`` [m] is the place of each one's, -1 in rests."""

    states: States
    phonemes: NDArray[np.int64]


def align(
    samples: Samples, words: Sequence[str], language: str, said: Sequence[str] | None = None
) -> Timed:
    """``said`` is how each word is read, where espeak-ng would read it otherwise.

    A word without sound has no length. Where there is nothing to go by (silence, or words that
    espeak-ng cannot say at all), words follow each other evenly. Takes about a hundredth of the
    sound's length. Raises EspeakLanguageUnknown.
    """
    seconds = len(samples) / SAMPLE_RATE
    texts = words if said is None else said
    recitals = [recite(texts, language, variant) for variant in VARIANTS]
    hop = FRAME * max(1, -(-seconds // LONGEST_SECONDS))
    sound = Sound(heard(samples, SAMPLE_RATE), hop)
    quiet = pauses(sound)
    sounding: tuple[Recited, ...] = ()
    if recitals[0].phonemes and samples.any() and not quiet.all():
        sounding = tuple(_clipped(_nearest(sound, quiet, recitals), seconds))
    if not sounding:
        return Timed(tuple(_evenly(words, seconds)), ())
    return _timed(words, sounding)


def _nearest(sound: Sound, quiet: Flags, recitals: Sequence[Recital]) -> list[Recited]:
    """The phonemes of the recital that is most like the sound, where the sound has them."""
    recording = Recording(cepstra(sound, ~quiet), quiet)
    fits = []
    for recital in recitals:
        model = _modelled(recital, int((~quiet).sum()))
        path, cost = warp(recording, model.states)
        fits.append((cost, path, model, recital))
    _, path, model, recital = min(fits, key=lambda fit: fit[0])
    return list(_found(model.phonemes[path], recital.phonemes, sound.hop / HEARD_RATE))


def _modelled(recital: Recital, frames: int) -> _Model:
    """The recital's speech in about so many frames, with a rest wherever words meet."""
    wave = heard(recital.wave, ESPEAK_RATE)
    spoken = sum(phoneme.end - phoneme.start for phoneme in recital.phonemes)
    sound = Sound(wave, max(FINEST_HOP, spoken * HEARD_RATE / frames))
    places, phonemes = _places(recital.phonemes, sound)
    speech = np.zeros(sound.frames, np.bool_)
    speech[places[phonemes >= 0]] = True
    rests = np.asarray(phonemes < 0)
    return _Model(States(cepstra(sound, speech)[places], rests), phonemes)


def _places(
    phonemes: Sequence[Recited], sound: Sound
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """For each state the frame of the recital and the place of the phoneme; -1 in rests."""
    states: list[tuple[int, int]] = []
    word = -1
    for number, phoneme in enumerate(phonemes):
        if phoneme.word != word:
            states.append((0, -1))
            word = phoneme.word
        first = round(phoneme.start * HEARD_RATE / sound.hop)
        behind = max(first + 1, round(phoneme.end * HEARD_RATE / sound.hop))
        states += [(min(frame, sound.frames - 1), number) for frame in range(first, behind)]
    states.append((0, -1))
    frames, numbers = np.array(states, np.int64).T
    return frames, numbers


def _found(
    numbers: NDArray[np.int64], phonemes: Sequence[Recited], seconds: float
) -> Iterator[Recited]:
    """The phonemes that have frames, from the first frame to the last, of ``seconds`` each."""
    at = 0
    for number, frames in groupby(numbers.tolist()):
        count = sum(1 for _ in frames)
        if number >= 0:
            known = phonemes[number]
            start, end = (at - 0.5) * seconds, (at + count - 0.5) * seconds
            yield Recited(known.name, known.word, start, end)
        at += count


def _clipped(phonemes: Sequence[Recited], seconds: float) -> Iterator[Recited]:
    for phoneme in phonemes:
        start, end = max(0.0, phoneme.start), min(seconds, phoneme.end)
        if end > start:
            yield Recited(phoneme.name, phoneme.word, start, end)


def _timed(words: Sequence[str], phonemes: Sequence[Recited]) -> Timed:
    spans: dict[int, tuple[float, float]] = {}
    for phoneme in phonemes:
        start, _ = spans.get(phoneme.word, (phoneme.start, phoneme.end))
        spans[phoneme.word] = (start, phoneme.end)
    at = phonemes[0].start
    timed: list[Word] = []
    for number, text in enumerate(words):
        start, end = spans.get(number, (at, at))
        timed.append(Word(text, start, end))
        at = end
    return Timed(tuple(timed), tuple(p for one in phonemes for p in _lettered(one)))


def _lettered(phoneme: Recited) -> Iterator[Phoneme]:
    """One phoneme of espeak-ng is sometimes two of ours, of equal length."""
    letters = symbols(phoneme.name)
    length = (phoneme.end - phoneme.start) / max(1, len(letters))
    for at, letter in enumerate(letters):
        yield Phoneme(letter, phoneme.start + at * length, phoneme.start + (at + 1) * length)


def _evenly(words: Sequence[str], seconds: float) -> Iterator[Word]:
    """By the number of their characters."""
    edges = np.cumsum([0, *map(len, words)])
    times = (edges * (seconds / max(1, edges[-1]))).tolist()
    for text, start, end in zip(words, times, times[1:], strict=False):
        yield Word(text, start, end)
