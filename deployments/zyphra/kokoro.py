"""Kokoro-82M (Apache-2.0), a voice that takes on a style: 256 numbers, half sound, half manner.

StyleTTS 2 (Li et al., 2023): the first half goes to the decoder, which makes the sound; the second
to the predictor of durations, pitch and energy. The five styles that came with the files are
tables with a row for each number of symbols; their mean, row by row, is the neutral style, and a
style of ours is what is added to it.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from deployments.zyphra.english import English
from deployments.zyphra.network import open_network
from deployments.zyphra.spoken import Spoken
from deployments.zyphra.utterance import Symbol, Utterance, Wave, utter_in_parts

PARTS = ("kokoro.onnx.1", "kokoro.onnx.2", "kokoro.onnx.3", "kokoro.onnx.4")
STYLES = "styles.npz"
DURATIONS = "/encoder/Clip_output_0"
"""A tensor of the graph: how many units each symbol sounds."""
SOUND = 128
"""Numbers of a style that are its sound; the others are its manner."""
EARLY_SECONDS = 0.045
"""The network's sound runs ahead of its own durations by this, whatever its speed (measured)."""

Style = NDArray[np.float32]
"""[256], relative to the neutral style."""


class Kokoro:
    """Loading takes about 1.5 s and 300 MB; any number of threads may use it at once."""

    def __init__(self, folder: Path) -> None:
        graph = b"".join((folder / part).read_bytes() for part in PARTS)
        self._session = open_network(graph, DURATIONS)
        with np.load(folder / STYLES) as styles:
            tables = np.stack([styles[name][:, 0] for name in sorted(styles)])
        self._neutral = tables.mean(axis=0)
        self.shipped: NDArray[np.float32] = tables - self._neutral
        """[voices, symbols, 256]: the styles that came with it."""
        self.spread: Style = tables.reshape(-1, tables.shape[-1]).std(axis=0)
        """How far these differ, in each number."""
        self._english = English()

    def read(self, spoken: Sequence[Spoken]) -> tuple[Symbol, ...]:
        return self._english.read(spoken)

    def utter(self, symbols: Sequence[Symbol], style: Style, speed: float) -> Utterance:
        def run(characters: str) -> tuple[Wave, NDArray[np.float64]]:
            row = min(len(characters), len(self._neutral) - 1)
            asked = {
                "tokens": self._english.ids(characters),
                "style": (self._neutral[row] + style)[None],
                "speed": np.array([speed], np.float32),
            }
            wave, units = self._session.run(None, asked)
            return wave.ravel(), units.ravel().astype(np.float64)

        return utter_in_parts(symbols, run, EARLY_SECONDS)


class StyledVoice:
    """Kokoro in one style; ``gain`` brings it to the level of the other voices."""

    def __init__(self, kokoro: Kokoro, style: Style, gain: float) -> None:
        self._kokoro, self._style, self._gain = kokoro, style, gain

    def read(self, spoken: Sequence[Spoken]) -> tuple[Symbol, ...]:
        return self._kokoro.read(spoken)

    def utter(
        self, symbols: Sequence[Symbol], speed: float, _noise: np.random.Generator
    ) -> Utterance:
        spoken = self._kokoro.utter(symbols, self._style, speed)
        return Utterance(spoken.wave * np.float32(self._gain), spoken.spans, spoken.early_seconds)
