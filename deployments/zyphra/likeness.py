"""How alike two voices are: the speaker encoder of Resemblyzer (Apache-2.0), in NumPy.

Generalized End-to-End Loss for Speaker Verification (Wan et al., 2018), as Resemblyzer trained it:
a mel spectrogram goes through three LSTM layers, and the last state becomes a vector of length 1.
The cosine of two of them is about 0.9 for two recordings of one speaker, 0.5 to 0.7 for two.
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import soxr
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from deployments.zyphra.torch_file import Numbers, read_tensors

Wave = NDArray[np.float32]
Vector = NDArray[np.float32]

RATE = 16_000
WINDOW, HOP, BANDS = 400, 160, 40
LAYERS, WIDTH = 3, 256
PARTIAL = 160
"""Frames heard at once, 1.6 s; a new look is taken every ``STEP`` frames."""
STEP = 77
LEAST_COVERED = 0.75
"""Of the last look; with less of it in sound it is left out."""
LEVEL_DECIBELS = -30.0
"""The encoder's spectrogram is no logarithm: it has learned voices at this level."""
SILENT_DECIBELS = -35.0
"""Against the loudest tenth of a recording."""
SPEECH_WINDOW = RATE // 100


class SpeakerEncoder:
    """Loading takes about 0.1 s and 6 MB; any number of threads may use it at once."""

    def __init__(self, weights: Path) -> None:
        tensors = read_tensors(weights, "model_state")
        self._layers = [_Lstm(tensors, layer) for layer in range(LAYERS)]
        self._weight, self._bias = tensors["linear.weight"], tensors["linear.bias"]
        self._mels = mel_filters()

    def embed(self, wave: Wave, rate: int) -> Vector:
        """The voice of a recording, a vector [256] of length 1; of silence it is all zeros."""
        heard = _speech(np.asarray(soxr.resample(wave, rate, RATE), np.float32))
        if not len(heard):
            return np.zeros(WIDTH, np.float32)
        looks = np.stack(list(_looks(_mel(heard, self._mels), len(heard))))
        return _of_length_1(self.voices(looks).mean(axis=0))

    def voices(self, looks: Numbers) -> Numbers:
        """[looks, PARTIAL, BANDS] to [looks, 256], each of length 1."""
        for layer in self._layers:
            looks = layer.run(looks)
        return _of_length_1(np.maximum(looks[:, -1] @ self._weight.T + self._bias, 0))


class _Lstm:
    """One layer, gates in torch's order: input, forget, cell, output."""

    def __init__(self, tensors: dict[str, Numbers], layer: int) -> None:
        self._from_input = np.ascontiguousarray(tensors[f"lstm.weight_ih_l{layer}"].T)
        self._from_state = np.ascontiguousarray(tensors[f"lstm.weight_hh_l{layer}"].T)
        self._bias = tensors[f"lstm.bias_ih_l{layer}"] + tensors[f"lstm.bias_hh_l{layer}"]

    def run(self, inputs: Numbers) -> Numbers:
        """[looks, frames, features] to [looks, frames, WIDTH]."""
        driven = inputs @ self._from_input + self._bias
        state = np.zeros((len(inputs), WIDTH), np.float32)
        cell = np.zeros_like(state)
        states = np.empty((*inputs.shape[:2], WIDTH), np.float32)
        for frame in range(inputs.shape[1]):
            gates = driven[:, frame] + state @ self._from_state
            let_in, keep, new, out = np.split(gates, 4, axis=1)
            cell = _sigmoid(keep) * cell + _sigmoid(let_in) * np.tanh(new)
            state = _sigmoid(out) * np.tanh(cell)
            states[:, frame] = state
        return states


def likeness(one: Vector, other: Vector) -> float:
    return float(one @ other)


def mel_filters() -> Numbers:
    """[bins, BANDS]: triangles of equal area, evenly apart on Slaney's mel scale up to 8 kHz."""
    edges = _hertz(np.linspace(0.0, _mels(RATE / 2), BANDS + 2))
    bins = np.linspace(0.0, RATE / 2, WINDOW // 2 + 1)[:, None]
    rising = (bins - edges[:-2]) / np.diff(edges)[:-1]
    falling = (edges[2:] - bins) / np.diff(edges)[1:]
    triangles = np.maximum(0.0, np.minimum(rising, falling))
    return np.asarray(triangles * 2.0 / (edges[2:] - edges[:-2]), np.float32)


def _mels(hertz: float) -> float:
    """Slaney's scale (Auditory Toolbox, 1998): linear up to 1 kHz, logarithmic above."""
    return 15.0 + 27.0 * float(np.log(hertz / 1000.0) / np.log(6.4))


def _hertz(mels: Numbers) -> Numbers:
    linear = mels * 200.0 / 3.0
    steep = 1000.0 * np.exp(np.log(6.4) * (mels - 15.0) / 27.0)
    return np.asarray(np.where(mels < 15.0, linear, steep))


def _mel(wave: Wave, filters: Numbers) -> Numbers:
    """[frames, BANDS], frames centred on multiples of HOP, the edges padded with silence."""
    padded = np.pad(wave, WINDOW // 2)
    window = np.hanning(WINDOW + 1)[:-1].astype(np.float32)
    frames = sliding_window_view(padded, WINDOW)[::HOP] * window
    return np.asarray(np.square(np.abs(np.fft.rfft(frames))) @ filters, np.float32)


def _looks(mel: Numbers, samples: int) -> Iterator[Numbers]:
    """Overlapping pieces of PARTIAL frames; one at least, padded with silence."""
    for start in range(0, max(1, len(mel) - PARTIAL + STEP), STEP):
        covered = (samples / HOP - start) / PARTIAL
        if start == 0 or covered >= LEAST_COVERED:
            look = mel[start : start + PARTIAL]
            yield np.pad(look, ((0, PARTIAL - len(look)), (0, 0)))


def _speech(wave: Wave) -> Wave:
    """The recording at LEVEL_DECIBELS, without its silences."""
    count = len(wave) // SPEECH_WINDOW
    windows = wave[: count * SPEECH_WINDOW].reshape(count, SPEECH_WINDOW)
    power = np.square(windows).mean(axis=1)
    if not count or power.max() == 0:
        return np.zeros(0, np.float32)
    loud = np.sort(power)[-max(1, count // 10) :].mean()
    # A gap inside a word is part of how it sounds: what is kept reaches 0.1 s into silences.
    kept = np.convolve(power > loud * 10 ** (SILENT_DECIBELS / 10), np.ones(21), "same") > 0.5
    heard = windows[kept].ravel()
    level = np.sqrt(np.square(heard).mean())
    return np.asarray(heard * (10 ** (LEVEL_DECIBELS / 20) / level), np.float32)


def _sigmoid(x: Numbers) -> Numbers:
    return np.asarray(0.5 * (1.0 + np.tanh(0.5 * x)))


def _of_length_1(vectors: Numbers) -> Numbers:
    return np.asarray(vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-12))
