"""Llm: the deployment that writes scripts."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from pathlib import Path
from typing import Any

from ray import serve as ray_serve
from ray.serve import Deployment

from deployments.llm.composer import Composer
from deployments.llm.llamacpp import LlamaCpp
from deployments.llm.openai_engine import OpenAiCompatible
from deployments.rack import Rack
from pipeline.engines import EngineCard, ScriptEngine, ScriptPiece, ScriptRequest


class LlmReplica:
    """``openai`` is what :class:`OpenAiCompatible` takes, ``gguf`` a model file for llama.cpp."""

    def __init__(self, gguf: Path, openai: dict[str, Any]) -> None:
        self._rack: Rack[ScriptRequest, ScriptEngine] = Rack(
            [OpenAiCompatible(**openai), Composer(), LlamaCpp(gguf)]
        )

    async def card(self, ask: ScriptRequest) -> EngineCard:
        return await self._rack.card(ask)

    async def write(self, ask: ScriptRequest) -> AsyncGenerator[ScriptPiece, None]:
        engine = await self._rack.engine(ask)
        # closed for certain when the caller leaves, and with it the work
        async with aclosing(engine.write(ask)) as pieces:
            async for piece in pieces:
                yield piece


Llm: Deployment = ray_serve.deployment(name="Llm")(LlmReplica)
