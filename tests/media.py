"""Small clips, sounds and scenes to test with."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from pipeline.engines import EngineCard
from pipeline.lesson import (
    SAMPLE_RATE,
    SAMPLES_PER_FRAME,
    FinishedScene,
    Samples,
    Scene,
    Word,
)
from pipeline.media.colour import Nv12, blank, luma_of
from pipeline.media.encode import encode
from pipeline.media.mux import mux_clip
from pipeline.media.sound import flac_bytes

SEAMLESS_HERTZ = 450
"""98 samples a period: a whole number of periods a picture, so joined tones have no step."""

ENGINES = {
    "script": EngineCard("composer", "1", "embedded", "Written from the notes", draft=True),
    "speech": EngineCard("builtin", "1", "embedded", "Spoken by the built-in voice"),
    "video": EngineCard("puppet", "1", "embedded", "Drawn by the built-in puppet"),
}


def tone(samples: int, hertz: float = SEAMLESS_HERTZ, peak: float = 0.25) -> Samples:
    """A sine from its zero."""
    phase = 2 * np.pi * hertz * np.arange(samples) / SAMPLE_RATE
    return (peak * np.sin(phase)).astype(np.float32)


def silent_clip(
    path: Path, frames: int, size: tuple[int, int] = (128, 96), shade: int = 60
) -> None:
    """A clip with a bar that moves a little with every picture, over a shade of grey."""
    path.write_bytes(b"".join(piece.bytes_ for piece in encode(_bars(frames, size, shade), size)))


def _bars(frames: int, size: tuple[int, int], shade: int) -> Iterator[Nv12]:
    for index in range(frames):
        picture = blank(size)
        luma_of(picture)[:] = shade
        left = index * 2 % (size[0] - 8)
        luma_of(picture)[:, left : left + 8] = 220
        yield picture


def finished_scene(
    folder: Path,
    index: int,
    frames: int,
    words: str,
    title: str | None = None,
    sound: Samples | None = None,
    size: tuple[int, int] = (128, 96),
) -> FinishedScene:
    """A scene on disk. Words are spoken evenly; a sentence ends at ``.``, ``!`` or ``?``."""
    sound = tone(frames * SAMPLES_PER_FRAME) if sound is None else sound
    silent, clip = folder / f"silent{index}.mp4", folder / f"clip{index}.mp4"
    flac = folder / f"sound{index}.flac"
    silent_clip(silent, frames, size, 60 + 40 * (index % 4))
    mux_clip(silent, sound, clip)
    flac.write_bytes(flac_bytes(sound))
    seconds = frames / 25
    spoken = spoken_words(words, seconds)
    return FinishedScene(
        Scene(index, title, words), flac, clip, seconds, spoken, sentences_of(spoken)
    )


def spoken_words(text: str, seconds: float) -> tuple[Word, ...]:
    """The words of a text, spoken evenly from 0.2 s on to 0.3 s before the end."""
    words = text.split()
    each = (seconds - 0.5) / max(1, len(words))
    return tuple(
        Word(word, 0.2 + number * each, 0.2 + (number + 0.9) * each)
        for number, word in enumerate(words)
    )


def sentences_of(words: Sequence[Word]) -> tuple[tuple[int, int], ...]:
    """Ranges of words up to each full stop."""
    ends = [number for number, word in enumerate(words, 1) if word.text[-1] in ".!?"]
    return tuple(zip([0, *ends], ends, strict=False))
