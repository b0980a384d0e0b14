"""How English sounds: hibari's lexicon and rules (Apache-2.0, in its package)."""

from collections.abc import Sequence
from importlib.resources import files
from json import loads

import numpy as np
from anyascii import anyascii
from hibari.g2p import G2P
from hibari.g2p.oov import OOV
from numpy.typing import NDArray

from deployments.zyphra.spoken import Spoken
from deployments.zyphra.utterance import Symbol

ENDINGS = frozenset(".!?…,;:—")


class English:
    """From words to phonemes, and to the numbers that hibari and Kokoro both know them by."""

    def __init__(self) -> None:
        self._ids: dict[str, int] = loads((files("hibari") / "assets" / "vocab.json").read_text())
        self._g2p = G2P(oov=self._guess)
        self._sound_out = OOV()

    def read(self, spoken: Sequence[Spoken]) -> tuple[Symbol, ...]:
        """The symbols of a sentence: phonemes, stress, punctuation, and a space between words."""
        tokens = self._g2p.phonemize_tokens(self._g2p.tokenize(" ".join(s.text for s in spoken)))
        symbols: list[Symbol] = []
        at = 0
        for token in tokens:
            for character in token.phonemes or "":
                if character in self._ids and not (character == " " and _spaced(symbols)):
                    symbols.append(Symbol(character, spoken[at].source))
            if token.whitespace:
                at += 1
                if not _spaced(symbols):
                    symbols.append(Symbol(" ", spoken[at].source))
        if symbols and symbols[-1].character not in ENDINGS:
            symbols.append(Symbol(".", symbols[-1].word))  # else it breaks off
        return tuple(symbols)

    def ids(self, characters: str) -> NDArray[np.int64]:
        """[1, characters + 2]: between two silences."""
        return np.array([[0, *(self._ids[c] for c in characters), 0]], np.int64)

    def _guess(self, word: str) -> str:
        """Phonemes of a word not in the lexicon, by a small network that knows some accents."""
        known = word if all(letter in self._sound_out.cin for letter in word) else anyascii(word)
        return self._sound_out(known) or ""


def _spaced(symbols: Sequence[Symbol]) -> bool:
    return not symbols or symbols[-1].character == " "
