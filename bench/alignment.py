"""How well word times are found in speech without timings, and how fast: beside the true ones.

``python -m bench.alignment``: the embedded voices know when their words sound; alignment is given
their sound alone.
"""

import asyncio
from pathlib import Path
from time import process_time

import numpy as np
from rich.console import Console
from rich.table import Table

from deployments.zyphra.alignment import align
from deployments.zyphra.builtin import Builtin
from deployments.zyphra.matched import Matched
from pipeline.engines import SpeechEngine, SpeechRequest
from pipeline.lesson import Speech, join_speech
from pipeline.media.sound import flac_bytes

MODELS = Path(".lectern/models")
TEXT = (
    "The sun gives us light and heat every day. Water turns into steam when it gets very hot. "
    "The teacher opened the door, and the children ran into the garden. She sells sea shells by "
    "the sea shore, because the tide brings them in every morning. Photosynthesis is the process "
    "by which plants turn light, water and carbon dioxide into sugar and oxygen; it takes place "
    "in the chloroplasts of their leaves. In 1969 two people walked on the moon for the first "
    "time. They collected 22 kilograms of rock, and left a flag and their footprints behind. If "
    "two sides of a triangle are equal, two of its angles are equal as well."
)


async def spoken(engine: SpeechEngine, ask: SpeechRequest) -> list[Speech]:
    return [piece async for piece in engine.speak(ask) if piece.words]


def row(table: Table, name: str, pieces: list[Speech]) -> None:
    late: list[float] = []
    start = process_time()
    for piece in pieces:
        found = align(piece.samples, [word.text for word in piece.words], "en-us").words
        late += [
            1000 * abs(a.start_seconds - b.start_seconds)
            for a, b in zip(found, piece.words, strict=True)
        ]
    used = process_time() - start
    speed = sum(piece.seconds for piece in pieces) / used
    figures = (np.median(late), np.quantile(late, 0.95), max(late), speed)
    table.add_row(name, str(len(late)), *(f"{figure:.0f}" for figure in figures))


def main() -> None:
    table = Table("voice", "words", "start off by ms: median", "95 %", "most", "× real time (cpu)")
    plain = asyncio.run(spoken(Builtin(), SpeechRequest(TEXT)))
    row(table, "built-in", plain)
    sample = flac_bytes(join_speech(plain[:3]).samples)
    ask = SpeechRequest(TEXT, voice=sample)
    row(table, "voice match", asyncio.run(spoken(Matched(MODELS, tries=1), ask)))
    Console(width=110).print(table)


if __name__ == "__main__":
    main()
