"""The bundled voice: hibari's network (Apache-2.0, in its package).

The network takes phonemes and gives a spectrum, of which hibari's own signal processing makes a
wave. How long each phoneme is to sound it decides inside; we have it say so in one more output.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from hibari import dsp
from hibari.voices import DEFAULT, voice_path
from numpy.typing import NDArray

from deployments.zyphra.english import English
from deployments.zyphra.network import open_network
from deployments.zyphra.spoken import Spoken
from deployments.zyphra.utterance import Symbol, Utterance, Wave, utter_in_parts

DURATIONS = "/Round_output_0"
"""A tensor of the graph: how many units each phoneme sounds; the network makes a 0 a 1 later on."""
EARLY_SECONDS = 0.035
"""The network's sound runs ahead of its own durations by this, whatever its speed (measured)."""


class HibariModel:
    """Loading takes about 0.8 s and 150 MB; any number of threads may use it at once."""

    def __init__(self) -> None:
        self._session = open_network(Path(voice_path(DEFAULT)).read_bytes(), DURATIONS)
        self._english = English()

    def read(self, spoken: Sequence[Spoken]) -> tuple[Symbol, ...]:
        return self._english.read(spoken)

    def utter(
        self, symbols: Sequence[Symbol], speed: float, noise: np.random.Generator
    ) -> Utterance:
        """``speed`` 1 is the voice's own pace: 13 phonemes a second, its short rests included."""

        def run(characters: str) -> tuple[Wave, NDArray[np.float64]]:
            asked = {"ids": self._english.ids(characters), "speed": np.array([speed], np.float32)}
            *spectra, durations = self._session.run(None, asked)
            wave = dsp.synth(*(spectrum[0] for spectrum in spectra), noise)
            return wave, np.maximum(durations.ravel(), 1).astype(np.float64)

        return utter_in_parts(symbols, run, EARLY_SECONDS)
