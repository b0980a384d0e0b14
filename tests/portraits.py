"""Portraits and speech to try the video engines with."""

import io
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from skimage.data import astronaut

from pipeline.lesson import SAMPLE_RATE, Phoneme, Samples, Speech

MODELS = Path(__file__).parents[1] / ".lectern" / "models"
DRAWING = Path(__file__).parents[1] / "samples" / "portrait.png"


def png(picture: NDArray[np.uint8]) -> bytes:
    """``picture`` is [h, w, 3] or [h, w, 4]."""
    file = io.BytesIO()
    Image.fromarray(picture).save(file, "PNG")
    return file.getvalue()


@cache
def photograph() -> bytes:
    """A NASA portrait in the public domain, 512 × 512, smiling with teeth."""
    return png(astronaut())


@cache
def drawing() -> bytes:
    """The sample's portrait: a drawing on nothing, with closed lips."""
    return DRAWING.read_bytes()


def hum(seconds: float, loudness: float = 0.2) -> Samples:
    at = np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    return (loudness * np.sin(2 * np.pi * 220 * at)).astype(np.float32)


def silence(seconds: float) -> Samples:
    return np.zeros(round(seconds * SAMPLE_RATE), np.float32)


def spoken(symbols: str, each: float = 0.25, before: float = 0.6, after: float = 1.0) -> Speech:
    """One phoneme a letter, ``each`` seconds long, between two silences."""
    sound = [silence(before), hum(each * len(symbols)), silence(after)]
    starts = [before + each * index for index in range(len(symbols))]
    phonemes = [Phoneme(s, at, at + each) for s, at in zip(symbols, starts, strict=True)]
    return Speech(np.concatenate(sound), (), tuple(phonemes))
