"""What the mouth does while speech sounds: six movements, 25 times a second.

Phonemes pull the mouth towards their shapes, each as strongly as it depends on the lips, and
neighbours mix (Cohen and Massaro 1993, "Modeling coarticulation in synthetic visual speech"):
the lips of "p" must meet whatever stands beside it, those of "k" do what the vowel wants.
"""

from collections.abc import Iterator
from dataclasses import astuple, dataclass, fields

import numpy as np
from numpy.typing import NDArray

from deployments.kdtalker.field import smoothstep
from deployments.kdtalker.loudness import Loudness
from pipeline.lesson import FPS, Phoneme, Speech

Floats = NDArray[np.floating]

RATE = 100
"""Steps a second at which shapes are mixed."""
SPREAD_SECONDS = 0.036
"""Standard deviation of a phoneme's pull in time: lips follow up to about 5 Hz."""
LEAD_SECONDS = 0.04
"""Lips are seen to move before they are heard."""
SILENCE_SECONDS = 0.09
"""A gap between phonemes that is longer closes the mouth; a shorter one is a breathless join."""


@dataclass(frozen=True, slots=True)
class Shape:
    """A pose of the mouth. 1 is the most a person does in calm speech; ``pull`` is how much the
    phoneme depends on it."""

    jaw: float = 0.0
    wide: float = 0.0
    round: float = 0.0
    upper: float = 0.0
    lower: float = 0.0
    press: float = 0.0
    pull: float = 1.0


MOVES = tuple(field.name for field in fields(Shape))[:-1]
REST = Shape(pull=1.5)

_VOWELS = {
    "i": Shape(0.20, 0.75, 0, 0.25, 0.20),
    "ɪ": Shape(0.32, 0.45, 0, 0.20, 0.20),
    "ɨ": Shape(0.28, 0.30, 0, 0.15, 0.15),
    "e": Shape(0.42, 0.50, 0, 0.20, 0.20),
    "ɛ": Shape(0.52, 0.40, 0, 0.20, 0.25),
    "æ": Shape(0.76, 0.50, 0, 0.25, 0.30),
    "a": Shape(0.85, 0.20, 0, 0.15, 0.20),
    "ɑ": Shape(0.95, 0.05, 0, 0.10, 0.15),
    "ɐ": Shape(0.70, 0.10, 0, 0.10, 0.15),
    "ʌ": Shape(0.66, 0.10, 0, 0.10, 0.15),
    "ɒ": Shape(0.80, 0.00, 0.35, 0.10, 0.10),
    "ɔ": Shape(0.68, 0.00, 0.50, 0.15, 0.15),
    "o": Shape(0.50, 0.00, 0.70, 0.15, 0.15),
    "ʊ": Shape(0.34, 0.00, 0.65, 0.10, 0.10),
    "u": Shape(0.18, 0.00, 0.95, 0.10, 0.10, 0, 1.3),
    "ə": Shape(0.36, 0.10, 0, 0.10, 0.10, 0, 0.6),
    "ɜ": Shape(0.40, 0.00, 0.25, 0.10, 0.15),
    "ɚ": Shape(0.34, 0.00, 0.30, 0.10, 0.15),
    "y": Shape(0.22, 0.00, 0.90, 0.10, 0.10),
    "ø": Shape(0.40, 0.00, 0.75, 0.10, 0.10),
    "œ": Shape(0.55, 0.00, 0.60, 0.10, 0.15),
    "ɯ": Shape(0.25, 0.30, 0, 0.10, 0.10),
}
_LIPS = Shape(0.02, 0.05, 0.05, 0, 0, 1.0, 5.5)
_LIP_TO_TEETH = Shape(0.12, 0.15, 0, 0.45, -0.75, 0, 3.5)
_TEETH = Shape(0.16, 0.30, 0, 0.22, 0.28, 0, 1.0)
_TONGUE = Shape(0.24, 0.15, 0, 0.15, 0.20, 0, 0.7)
_HUSH = Shape(0.18, 0.00, 0.60, 0.45, 0.40, 0, 1.6)
_BACK = Shape(0.28, 0.05, 0, 0.10, 0.10, 0, 0.35)
_CONSONANTS = (
    ("pbmɸβ", _LIPS),
    ("fvʋ", _LIP_TO_TEETH),
    ("szʦʣɕʑ", _TEETH),
    ("tdnlɾTθðɫɲʎɳɖʈ", _TONGUE),
    ("ʃʒʧʤʂʐʨʥ", _HUSH),
    ("kɡgŋxhɣχqcɟçʝʔɰɴ", _BACK),
    ("rɹɻʁɽ", Shape(0.24, 0, 0.42, 0.10, 0.15, 0, 0.8)),
    ("wɥʍ", Shape(0.14, 0, 1.0, 0, 0, 0, 1.8)),
    ("j", Shape(0.20, 0.45, 0, 0.15, 0.15, 0, 0.7)),
)
# misaki writes these with one character each; Latin letters stand for themselves in no IPA
_DIPHTHONGS = {"A": "ei", "I": "aɪ", "W": "aʊ", "O": "oʊ", "Y": "ɔɪ", "Q": "əʊ"}
_ALIASES = {"ᵊ": "ə", "ᵻ": "ɪ", "ɝ": "ɜ"}
SHAPES = _VOWELS | {symbol: shape for symbols, shape in _CONSONANTS for symbol in symbols}


def mouth_track(speech: Speech, loudness: Loudness) -> Floats:
    """The movements of ``MOVES`` at each picture: [frames, 6]. The first and last are all zero."""
    steps = max(1, round(speech.frames / FPS * RATE))
    shapes = _targets(speech, loudness, steps)
    mixed = _mixed(shapes[:, :-1], shapes[:, -1:])
    mixed[:, 0] *= 0.72 + 0.36 * loudness.at(np.arange(steps) / RATE)
    _meet_the_lips(mixed)
    seconds = (np.arange(speech.frames) + 0.5) / FPS + LEAD_SECONDS
    at = np.clip(np.round(seconds * RATE), 0, steps - 1).astype(int)
    return np.asarray(mixed[at] * _ends(speech.frames), np.float32)


def _targets(speech: Speech, loudness: Loudness, steps: int) -> Floats:
    """The shape and pull asked for at each step: [steps, 7]."""
    if not speech.phonemes:
        return loudness.shapes(steps, RATE)
    targets = np.tile(np.array(astuple(REST), np.float32), (steps, 1))
    heard = loudness.shapes(steps, RATE)
    previous = 0
    for start, end, shape in _spans(speech.phonemes):
        first, last = round(start * RATE), max(round(end * RATE), round(start * RATE) + 1)
        if 0 < first - previous <= SILENCE_SECONDS * RATE:
            targets[previous:first, -1] = 0.02
        targets[first:last] = heard[first:last] if shape is None else astuple(shape)
        previous = last
    return targets


def _spans(phonemes: tuple[Phoneme, ...]) -> Iterator[tuple[float, float, Shape | None]]:
    """Each sound with its shape; None where the symbol is not known and the sound must tell."""
    for phoneme in phonemes:
        sounds = [_ALIASES.get(c, c) for c in _DIPHTHONGS.get(phoneme.symbol, phoneme.symbol)]
        known = [SHAPES[sound] for sound in sounds if sound in SHAPES]
        length = (phoneme.end_seconds - phoneme.start_seconds) / max(len(known), 1)
        for index, shape in enumerate(known or [None]):
            start = phoneme.start_seconds + index * length
            yield start, start + length, shape


def _mixed(shapes: Floats, pull: Floats) -> Floats:
    reach = round(3 * SPREAD_SECONDS * RATE)
    bell = np.exp(-0.5 * (np.arange(-reach, reach + 1) / RATE / SPREAD_SECONDS) ** 2)
    padded = np.pad(np.hstack([shapes * pull, pull]), ((reach, reach), (0, 0)), mode="edge")
    sums = [np.convolve(column, bell, mode="valid") for column in padded.T]
    return np.stack([total / sums[-1] for total in sums[:-1]], axis=1).astype(np.float32)


def _meet_the_lips(shapes: Floats) -> None:
    """Lips that press are closed, whatever the jaw behind them does."""
    open_ = 1 - smoothstep((shapes[:, MOVES.index("press")] - 0.30) / 0.40)
    for move in ("jaw", "upper", "lower"):
        shapes[:, MOVES.index(move)] *= open_


def _ends(frames: int) -> Floats:
    """0 in the first and the last picture, 1 from a few pictures further in."""
    index = np.arange(frames)
    return (smoothstep(index / 3) * smoothstep((frames - 1 - index) / 4))[:, None]
