"""How much nearer the voice match comes to a sample, how clear it stays, and what it costs.

``python -m bench.voice_match``: two women, from Debian's alsa-utils and from its
asterisk-core-sounds-en-g722 (install both first). Likeness is the cosine of Resemblyzer's speaker
encoder, on sentences that the search has not heard: the mean of the sentences, each alone, and of
all of them as one recording. Word errors are those of a recogniser that is told nothing.
"""

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter, process_time

import av
import numpy as np
import soxr
from rich.console import Console
from rich.table import Table

from bench.speech import SENTENCES, distance, heard
from deployments.zyphra.builtin import Builtin
from deployments.zyphra.likeness import SpeakerEncoder, Vector, likeness
from deployments.zyphra.matched import Matched
from pipeline.engines import SpeechEngine, SpeechRequest
from pipeline.lesson import SAMPLE_RATE, Samples, Speech
from pipeline.media.sound import flac_bytes, read_sound

MODELS = Path(".lectern/models")
SOUNDS = Path("/usr/share/sounds/alsa")
PROMPTS = Path("/usr/share/asterisk/sounds/en_US_f_Allison")
PROMPT_NAMES = ("demo-congrats", "basic-pbx-ivr-main", "demo-echotest")
PROMPT_RATE = 16_000


@dataclass(frozen=True, slots=True)
class Figures:
    """Likeness sentence by sentence and in all, word errors in percent, CPU s a second of sound."""

    alone: float
    joined: float
    errors: float
    factor: float


def alsa() -> Samples:
    files = sorted(file for file in SOUNDS.glob("*.wav") if file.stem != "Noise")
    return np.concatenate([read_sound(file) for file in files])


def asterisk() -> Samples:
    parts = []
    for name in PROMPT_NAMES:
        with av.open(str(PROMPTS / f"{name}.g722"), format="g722") as sound:
            frames = [frame.to_ndarray().ravel() for frame in sound.decode(audio=0)]
        parts.append(np.concatenate(frames).astype(np.float32) / 32768)
    resampled = soxr.resample(np.concatenate(parts), PROMPT_RATE, SAMPLE_RATE)
    return np.asarray(resampled, np.float32)


async def spoken(engine: SpeechEngine, sample: bytes, text: str) -> list[Speech]:
    return [piece async for piece in engine.speak(SpeechRequest(text, voice=sample))]


def measure(engine: SpeechEngine, sample: bytes, voice: Vector, encoder: SpeakerEncoder) -> Figures:
    cpu = process_time()
    pieces = asyncio.run(spoken(engine, sample, " ".join(SENTENCES)))
    cpu = process_time() - cpu
    waves = [piece.samples for piece in pieces]
    alone = [likeness(encoder.embed(wave, SAMPLE_RATE), voice) for wave in waves]
    joined = likeness(encoder.embed(np.concatenate(waves), SAMPLE_RATE), voice)
    seconds = sum(piece.seconds for piece in pieces)
    return Figures(float(np.mean(alone)), joined, word_errors(pieces), cpu / seconds)


def word_errors(pieces: Sequence[Speech]) -> float:
    """In percent of all words."""
    errors, words = 0, 0
    for sentence, piece in zip(SENTENCES, pieces, strict=True):
        expected = re.sub(r"[^a-z ]", "", sentence.lower()).split()
        errors += distance(expected, [word for word, _ in heard(piece)])
        words += len(expected)
    return 100 * errors / words


def search_times(engine: Matched, sample: bytes) -> tuple[float, float]:
    """Wall and CPU seconds of finding the style, networks loaded."""
    start, cpu = perf_counter(), process_time()
    for _ in engine.match(sample):
        pass
    return perf_counter() - start, process_time() - cpu


def main() -> None:
    table = Table("sample", "voice", "alone", "joined", "word errors %", "cpu / sound", "search s")
    encoder = SpeakerEncoder(MODELS / "resemblyzer" / "pretrained.pt")
    matched, builtin = Matched(MODELS), Builtin()
    matched.load()
    builtin.load()
    for name, sound in (("alsa-utils", alsa()), ("asterisk", asterisk())):
        sample = flac_bytes(sound)
        voice = encoder.embed(sound, SAMPLE_RATE)
        wall, cpu = search_times(matched, sample)
        plain = measure(builtin, sample, voice, encoder)
        near = measure(matched, sample, voice, encoder)
        row(table, name, "built-in", plain, "")
        row(table, name, "matched", near, f"{wall:.1f} ({cpu:.1f} cpu)")
        rise = f"{near.alone - plain.alone:+.3f}", f"{near.joined - plain.joined:+.3f}"
        table.add_row(name, "rise", *rise, f"{near.errors - plain.errors:+.1f}", "", "")
    Console(width=110).print(table)


def row(table: Table, sample: str, voice: str, figures: Figures, search: str) -> None:
    table.add_row(
        sample,
        voice,
        f"{figures.alone:.3f}",
        f"{figures.joined:.3f}",
        f"{figures.errors:.1f}",
        f"{figures.factor:.3f}",
        search,
    )


if __name__ == "__main__":
    main()
