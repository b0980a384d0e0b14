"""What it saves that a voice is learnt once: how soon a fresh replica is heard, with and without.

``python -m bench.voice_memory``: the voice match, all its tries, on a recording of 8 s. The times
are those of an engine whose networks are loaded but that has not heard the recording.
"""

import asyncio
from contextlib import aclosing
from dataclasses import replace
from time import perf_counter

from rich.console import Console
from rich.table import Table

from deployments.zyphra.matched import Matched
from pipeline.engines import SpeechRequest
from tests.voices import MODELS, sample

ROUNDS = 3
NARRATION = "Warm air rises, and cools as it goes."


def fresh() -> Matched:
    engine = Matched(MODELS)
    engine.load()
    return engine


async def first_sound(ask: SpeechRequest) -> float:
    """Seconds until the first piece of speech."""
    engine = fresh()
    started = perf_counter()
    async with aclosing(engine.speak(ask)) as pieces:
        async for piece in pieces:
            if piece.seconds:
                return perf_counter() - started
    raise AssertionError("it said nothing")


def main() -> None:
    ask = SpeechRequest(NARRATION, voice=sample(0.9))
    started = perf_counter()
    learnt = asyncio.run(fresh().learn(ask))
    learning = perf_counter() - started
    table = Table("first sound, s", *(f"round {number + 1}" for number in range(ROUNDS)))
    for name, known in (("voice not known", None), ("voice learnt before", learnt)):
        asked = replace(ask, learnt=known)
        times = [asyncio.run(first_sound(asked)) for _ in range(ROUNDS)]
        table.add_row(name, *(f"{seconds:.2f}" for seconds in times))
    console = Console()
    console.print(table)
    console.print(
        f"learning, with the networks' loading: {learning:.1f} s, {len(learnt or b'')} bytes"
    )


if __name__ == "__main__":
    main()
