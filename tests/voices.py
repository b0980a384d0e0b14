"""Voice samples of nobody: the built-in voice, made another one's by its height."""

from functools import cache
from pathlib import Path

import numpy as np
import soxr

from deployments.zyphra.builtin import Builtin
from deployments.zyphra.speaking import narrate, read_request
from pipeline.engines import SpeechRequest
from pipeline.lesson import SAMPLE_RATE, join_speech
from pipeline.media.sound import flac_bytes

MODELS = Path(__file__).parents[1] / ".lectern" / "models"
SAID = (
    "My grandmother kept bees behind the old barn. Every autumn we carried the honey down to the "
    "village and sold it from a wooden table."
)


@cache
def sample(height: float) -> bytes:
    """A FLAC of some 8 s; ``height`` 1 is the built-in voice, 0.8 a larger speaker."""
    task = read_request("builtin", SpeechRequest(SAID))
    sound = join_speech(list(narrate(Builtin().load(), task))).samples
    shifted = soxr.resample(sound, SAMPLE_RATE * height, SAMPLE_RATE)
    return flac_bytes(np.asarray(shifted, np.float32))
