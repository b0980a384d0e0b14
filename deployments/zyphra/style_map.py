"""Which style of Kokoro sounds like which voice: some hundreds of styles, each heard once.

A search that starts from these has to listen to a few styles only. The map lies beside this file
and is drawn anew, in some ten minutes, by ``python -m deployments.zyphra.style_map MODELS``.
"""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from deployments.zyphra.kokoro import SOUND, Kokoro, Style
from deployments.zyphra.likeness import SpeakerEncoder, Vector
from deployments.zyphra.spoken import Spoken
from deployments.zyphra.utterance import SAMPLE_RATE, Symbol, Wave

FILE = "style_map.npz"
SENTENCE = "Today we look at how light moves through clear water."
"""What every style of the map is heard with."""
STYLES = 220
MIXING, BEYOND = 0.7, 0.3
"""How evenly styles are mixed (the parameter of Dirichlet's distribution), and how far beyond."""
SOUND_SPREAD, MANNER_SPREAD = 0.6, 0.35
"""Of the spread of the shipped styles: with more, some are no longer clear."""


@dataclass(frozen=True, slots=True, eq=False)
class StyleMap:
    """``styles`` [n, 256], the ``voices`` [n, 256] they sound like, and their usual ``spread``."""

    styles: NDArray[np.float32]
    voices: NDArray[np.float32]
    spread: Style


@cache
def load_map() -> StyleMap:
    with (files("deployments.zyphra") / FILE).open("rb") as stream, np.load(stream) as saved:
        return StyleMap(
            *(saved[name].astype(np.float32) for name in ("styles", "voices", "spread"))
        )


class Listener:
    """Hears styles by one sentence. May be used by any number of threads at once."""

    def __init__(self, kokoro: Kokoro, encoder: SpeakerEncoder, sentence: str) -> None:
        self._kokoro, self._encoder = kokoro, encoder
        self._symbols = kokoro.read([Spoken(w, at) for at, w in enumerate(sentence.split())])

    @property
    def symbols(self) -> Sequence[Symbol]:
        return self._symbols

    def hear(self, style: Style) -> tuple[Wave, Vector]:
        wave = self._kokoro.utter(self._symbols, style, 1.0).wave
        return wave, self._encoder.embed(wave, SAMPLE_RATE)


def draw_map(kokoro: Kokoro, encoder: SpeakerEncoder, count: int = STYLES) -> StyleMap:
    """The shipped styles, mixtures of them, and what lies round these; always the same ones."""
    listener = Listener(kokoro, encoder, SENTENCE)
    shipped = kokoro.shipped[:, len(listener.symbols)]
    spread = kokoro.spread.copy()
    spread[:SOUND] *= SOUND_SPREAD
    spread[SOUND:] *= MANNER_SPREAD
    rng = np.random.default_rng(0)
    styles = [_near(shipped, spread, rng) for _ in range(count)]
    styles[: len(shipped)] = shipped
    voices = [listener.hear(style)[1] for style in styles]
    return StyleMap(np.stack(styles), np.stack(voices), spread)


def _near(shipped: NDArray[np.float32], spread: Style, rng: np.random.Generator) -> Style:
    """A mixture, of other shares in sound than in manner, and noise."""
    alike = np.full(len(shipped), MIXING)
    sound, manner = (rng.dirichlet(alike) for _ in range(2))
    sound += BEYOND * (sound - 1 / len(shipped))
    mixed = np.concatenate([sound @ shipped[:, :SOUND], manner @ shipped[:, SOUND:]])
    return np.asarray(mixed + rng.normal(size=len(spread)) * spread, np.float32)


def main() -> None:
    models = Path(sys.argv[1])
    kokoro = Kokoro(models / "kokoro")
    drawn = draw_map(kokoro, SpeakerEncoder(models / "resemblyzer" / "pretrained.pt"))
    half = {name: getattr(drawn, name).astype(np.float16) for name in StyleMap.__slots__}
    np.savez_compressed(Path(__file__).with_name(FILE), **half)


if __name__ == "__main__":
    main()
