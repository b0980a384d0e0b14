"""How fast does the embedded language model write, alone and four at a time?

Prints tokens a second, the time to the first piece and the wall time of a one-minute script, for
one request and for four side by side on the same server: python bench/script.py [file.gguf]
"""

import asyncio
import os
import sys
import time
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from pathlib import Path

from deployments import model_files
from deployments.llm.llama_server import LlamaServer, LlamaSettings, Sampling
from deployments.llm.llamacpp import SMALL_MODEL, LlamaCpp
from pipeline.engines import ScriptPiece, ScriptRequest
from pipeline.script import collect
from pipeline.sentences import estimate_seconds

PROMPTS = ("How plants make food", "How vaccines work", "Why we have seasons", "How bridges stand")
TOKENS = 128


@dataclass(frozen=True)
class Script:
    first_seconds: float
    seconds: float
    speech_seconds: float


async def count_tokens(server: LlamaServer, prompt: str) -> int:
    message = {"role": "user", "content": f"Write a long story about this: {prompt}."}
    answer = server.chat([message], Sampling(temperature=0.8, seed=1, max_tokens=TOKENS))
    return len([token async for token in answer])


async def tokens_a_second(server: LlamaServer, side_by_side: int) -> float:
    start = time.perf_counter()
    counts = await asyncio.gather(*(count_tokens(server, p) for p in PROMPTS[:side_by_side]))
    return sum(counts) / (time.perf_counter() - start)


async def write(engine: LlamaCpp, prompt: str) -> Script:
    start = time.perf_counter()
    pieces = engine.write(ScriptRequest(prompt=prompt, minutes=1))
    first = await anext(pieces)
    first_seconds = time.perf_counter() - start

    async def all_pieces() -> AsyncGenerator[ScriptPiece, None]:
        yield first
        async for piece in pieces:
            yield piece

    scenes = await collect(all_pieces())
    speech = sum(estimate_seconds(scene.narration) for scene in scenes)
    return Script(first_seconds, time.perf_counter() - start, speech)


async def measure(gguf: Path) -> None:
    server = LlamaServer(LlamaSettings(gguf))
    start = time.perf_counter()
    await count_tokens(server, PROMPTS[0])
    print(f"{gguf.name}, {os.cpu_count()} cores, one thread; first answer, model loaded:", end=" ")
    print(f"{time.perf_counter() - start:.1f} s\n")
    print("| side by side | tokens/s | first piece | whole script | speech in it |")
    print("|---|---|---|---|---|")
    engine = LlamaCpp(gguf, server=server)
    for side_by_side in (1, 4):
        speed = await tokens_a_second(server, side_by_side)
        scripts = await asyncio.gather(*(write(engine, p) for p in PROMPTS[:side_by_side]))
        first = max(script.first_seconds for script in scripts)
        whole = max(script.seconds for script in scripts)
        speech = sum(script.speech_seconds for script in scripts)
        print(f"| {side_by_side} | {speed:.0f} | {first:.1f} s | {whole:.1f} s | {speech:.0f} s |")


def main() -> None:
    if len(sys.argv) > 1:
        gguf = Path(sys.argv[1])
    else:
        models = Path(".lectern/models")
        model_files.pull(["llamacpp"], models, on_progress=lambda _: None)
        gguf = models / "smollm2" / SMALL_MODEL
    asyncio.run(measure(gguf))


if __name__ == "__main__":
    main()
