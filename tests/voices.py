"""Voice samples of nobody: the built-in voice, made another one's by its height."""

import asyncio
from functools import cache
from pathlib import Path

import numpy as np
import soxr

from deployments.zyphra.builtin import Builtin
from pipeline.engines import SpeechRequest
from pipeline.lesson import SAMPLE_RATE, Samples, join_speech
from pipeline.media.sound import flac_bytes

MODELS = Path(__file__).parents[1] / ".lectern" / "models"
SAID = (
    "My grandmother kept bees behind the old barn. Every autumn we carried the honey down to the "
    "village and sold it from a wooden table."
)


@cache
def sample(height: float) -> bytes:
    """A FLAC of some 8 s; ``height`` 1 is the built-in voice, 0.8 a larger speaker."""

    async def said() -> Samples:
        return join_speech([piece async for piece in Builtin().speak(SpeechRequest(SAID))]).samples

    shifted = soxr.resample(asyncio.run(said()), SAMPLE_RATE * height, SAMPLE_RATE)
    return flac_bytes(np.asarray(shifted, np.float32))
