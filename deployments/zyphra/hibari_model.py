"""The bundled voice: hibari's network and its reading of English (Apache-2.0, in its package).

The network takes phonemes and gives a spectrum, of which hibari's own signal processing makes a
wave. How long each phoneme is to sound it decides inside; we have it say so in one more output.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files
from itertools import pairwise
from json import loads
from pathlib import Path

import numpy as np
from anyascii import anyascii
from hibari import dsp
from hibari.g2p import G2P
from hibari.g2p.oov import OOV
from hibari.voices import DEFAULT, voice_path
from numpy.typing import NDArray
from onnxruntime import InferenceSession, SessionOptions

from deployments.zyphra.spoken import Spoken

SAMPLE_RATE = 24_000
UNIT_SECONDS = 0.025
DURATIONS = "/Round_output_0"
"""A tensor of the graph: how many units each phoneme sounds; the network makes a 0 a 1 later on."""
LONGEST = 500
"""Symbols the network is given at once; it has learned from at most 510."""
ENDINGS = frozenset(".!?…,;:—")
SLOWEST, FASTEST = 0.5, 2.0

Wave = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Symbol:
    """A character of the network's alphabet; ``word`` is the place of the written word it reads."""

    character: str
    word: int


@dataclass(frozen=True, slots=True, eq=False)
class Utterance:
    """A wave [n] at ``SAMPLE_RATE``, and when each symbol starts and ends in it."""

    wave: Wave
    spans: tuple[tuple[float, float], ...]


class HibariModel:
    """Loading takes about 0.8 s and 150 MB; any number of threads may use it at once."""

    def __init__(self) -> None:
        options = SessionOptions()
        # One thread: as fast on shared cores, and the same bits each time.
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        graph = with_output(Path(voice_path(DEFAULT)).read_bytes(), DURATIONS)
        self._session = InferenceSession(graph, options, providers=["CPUExecutionProvider"])
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

    def utter(
        self, symbols: Sequence[Symbol], speed: float, noise: np.random.Generator
    ) -> Utterance:
        """``speed`` 1 is the voice's own pace: 13 phonemes a second, its short rests included."""
        waves: list[Wave] = []
        spans: list[tuple[float, float]] = []
        start = 0.0
        for part in _parts(symbols):
            wave, ends = self._run("".join(symbol.character for symbol in part), speed, noise)
            edges = [start + seconds for seconds in ends]
            spans += pairwise(edges[:-1])
            waves.append(wave)
            start = edges[-1]
        return Utterance(np.concatenate(waves), tuple(spans))

    def _guess(self, word: str) -> str:
        """Phonemes of a word not in the lexicon, by a small network that knows some accents."""
        known = word if all(letter in self._sound_out.cin for letter in word) else anyascii(word)
        return self._sound_out(known) or ""

    def _run(
        self, characters: str, speed: float, noise: np.random.Generator
    ) -> tuple[Wave, list[float]]:
        """A wave; and where the opening silence, each symbol, and the closing silence end."""
        ids = [0, *(self._ids[c] for c in characters), 0]
        asked = {"ids": np.array([ids], np.int64), "speed": np.array([speed], np.float32)}
        *spectra, durations = self._session.run(None, asked)
        wave = dsp.synth(*(spectrum[0] for spectrum in spectra), noise)
        units = np.maximum(durations.ravel(), 1)
        return wave, (np.cumsum(units, dtype=np.float64) * UNIT_SECONDS).tolist()


def with_output(model: bytes, tensor: str) -> bytes:
    """An ONNX model that also gives out one of its inner tensors.

    Appended to a protobuf message, a field that is a message is merged into the one that is there,
    and a repeated field grows (protobuf, "Encoding", Last One Wins): so this adds one
    ``ValueInfoProto`` to ``ModelProto.graph.output`` (onnx.proto: fields 7, 12; its name is 1).
    """
    return model + _field(7, _field(12, _field(1, tensor.encode())))


def _field(number: int, content: bytes) -> bytes:
    """A length-delimited protobuf field; short, so that its length takes one byte."""
    assert len(content) < 128
    return bytes([number << 3 | 2, len(content)]) + content


def _spaced(symbols: Sequence[Symbol]) -> bool:
    return not symbols or symbols[-1].character == " "


def _parts(symbols: Sequence[Symbol]) -> Iterator[Sequence[Symbol]]:
    """As few as possible of at most ``LONGEST``, cut at spaces if there are any."""
    while len(symbols) > LONGEST:
        spaces = [at for at in range(1, LONGEST) if symbols[at].character == " "]
        cut = spaces[-1] + 1 if spaces else LONGEST
        yield symbols[:cut]
        symbols = symbols[cut:]
    yield symbols
