"""Speech of several engines to be marked, in clips of some seconds: see ``bench/watermark.py``."""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import soxr

from deployments.zyphra import espeak_voice
from deployments.zyphra.builtin import Builtin
from deployments.zyphra.espeak_voice import recite
from deployments.zyphra.kokoro import Kokoro, StyledVoice
from deployments.zyphra.speaking import narrate, read_request
from deployments.zyphra.style_map import load_map
from deployments.zyphra.utterance import Voice
from pipeline.engines import SpeechRequest
from pipeline.lesson import SAMPLE_RATE, Samples, join_speech
from pipeline.media.loudness import level

Say = Callable[[str], Samples]
"""From a sentence to its sound."""
STYLES = (0, 3, 60, 62)
"""Of Kokoro's map: those below 5 came with it, the others are mixed of them."""
ENGLISH = (
    "Rain falls on the hills, and every drop takes its own way down to the sea.",
    "A teacher who asks one good question a day changes how a class listens.",
    "Bring a pencil, a ruler and some patience; we are going to draw a bridge.",
    "Nobody knew why the clock had stopped, so they opened it and looked inside.",
    "When water freezes it takes up more room, and that is what breaks the stones.",
    "My neighbour keeps seven hens, and each of them has a name of its own.",
)
GERMAN = (
    "Der Regen fällt auf die Hügel, und jeder Tropfen findet seinen Weg zum Meer.",
    "Wer jeden Tag eine gute Frage stellt, verändert, wie eine Klasse zuhört.",
    "Niemand wusste, warum die Uhr stehen geblieben war, also sahen sie nach.",
    "Wenn Wasser gefriert, braucht es mehr Platz, und das sprengt die Steine.",
)


def voices(models: Path, matched: int) -> Iterator[tuple[str, Say, tuple[str, ...]]]:
    """Name, voice, and sentences in its language; so many styles of the matched voice."""
    yield "built-in", _narrated(Builtin().load()), ENGLISH
    kokoro, styles = Kokoro(models / "kokoro"), load_map().styles
    for at in STYLES[:matched]:
        yield f"matched, style {at}", _narrated(StyledVoice(kokoro, styles[at], 1.0)), ENGLISH
    yield "espeak-ng, English, a man", _recited("en-us", ""), ENGLISH
    yield "espeak-ng, English, a woman", _recited("en-us", "f2"), ENGLISH
    yield "espeak-ng, German", _recited("de", ""), GERMAN


def clips(say: Say, sentences: tuple[str, ...], number: int, seconds: float) -> list[Samples]:
    """Sentences in a row, begun anywhere, with pauses between them; levelled as lessons are."""
    random, spoken = np.random.default_rng(5), [say(each) for each in sentences]
    return [_clip(spoken, random, round(seconds * SAMPLE_RATE)) for _ in range(number)]


def sparse(clip: Samples, share: float) -> Samples:
    """As long as before, but only so much of it speech: there are long silences within it."""
    random, kept = np.random.default_rng(len(clip)), clip[: int(share * len(clip))]
    parts = np.array_split(kept, max(1, round(len(kept) / SAMPLE_RATE)))
    gaps = random.dirichlet(np.ones(len(parts))) * (len(clip) - len(kept))
    pieces = [np.pad(part, (0, int(gap))) for part, gap in zip(parts, gaps, strict=True)]
    return np.asarray(np.concatenate(pieces), np.float32)


def _clip(spoken: list[Samples], random: np.random.Generator, length: int) -> Samples:
    pieces: list[Samples] = []
    while sum(map(len, pieces)) < 2 * length:
        pause = np.zeros(random.integers(SAMPLE_RATE // 10, SAMPLE_RATE // 2), np.float32)
        pieces += [spoken[int(random.integers(len(spoken)))], pause]
    start = int(random.integers(length))
    return level(np.concatenate(pieces)[start : start + length])


def _narrated(voice: Voice) -> Say:
    def say(text: str) -> Samples:
        task = read_request("builtin", SpeechRequest(text))
        return join_speech(list(narrate(voice, task))).samples

    return say


def _recited(language: str, variant: str) -> Say:
    def say(text: str) -> Samples:
        wave = recite(text.split(), language, variant).wave
        return np.asarray(soxr.resample(wave, espeak_voice.SAMPLE_RATE, SAMPLE_RATE), np.float32)

    return say
